import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Status } from '../../src/dashboard/status.ts';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { freePort } from '../real/port.ts';
import { startUsher, type Usher } from './usher.ts';

const SCRIPT = readFileSync(new URL('../../ops/lifeline/usher-lifeline.js', import.meta.url));

let browser: Browser;
let usher: Usher;
const running = new Map<string, Server>();

/** A secondary whose pages hold the lifeline and a link to what they are asked to link to. */
const startSecondary = async (port: number): Promise<void> => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    if (url.pathname === '/usher-lifeline.js') {
      response.setHeader('Content-Type', 'text/javascript').end(SCRIPT);
      return;
    }
    const plain = (request.url ?? '').replace(/[<&"]/g, '');
    response.setHeader('Content-Type', 'text/html');
    response.end(
      `<!doctype html><title>${String(port)}</title><p id="path">${plain}</p><a id="next" href="/next/page?x=1">next</a>` +
        `<script src="/usher-lifeline.js" data-primary="${usher.url.replace('127.0.0.1', 'localhost')}"></script>`,
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  running.set(String(port), server);
};

const kill = async (port: string): Promise<void> => {
  const server = running.get(port);
  if (server === undefined) return;
  running.delete(port);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

let ports: readonly number[];
before(async () => {
  ports = [await freePort(), await freePort()];
  usher = await startUsher({
    config: {
      // The checks look so seldom that only the visitor can know.
      checks: { from: 'cached', every: '1m', freshen: 1 },
      policy: 'first',
      secondaries: ports.map((port) => ({ port })),
    },
  });
  for (const port of ports) await startSecondary(port);
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  for (const port of running.keys()) await kill(port);
});

/** Goes through the primary until the lifeline of the secondary watches over the page. */
const arrive = async (): Promise<Page> => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${usher.url.replace('127.0.0.1', 'localhost')}/start`);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null) {
      await new Promise((resolve) => {
        navigator.serviceWorker.addEventListener('controllerchange', resolve);
      });
    }
  });
  return page;
};

const portOf = (page: Page): string => new URL(page.url()).port;

describe('the lifeline', () => {
  test('a secondary killed between two clicks: the next click lands on the other one, with its path', async () => {
    const page = await arrive();
    const first = portOf(page);
    const errors: string[] = [];
    page.on('framenavigated', (frame) => {
      if (frame.url().startsWith('chrome-error:')) errors.push(frame.url());
    });
    await kill(first);
    await page.click('#next');
    await page.waitForFunction((from) => location.port !== from, first, { timeout: 20_000 });
    assert.equal(await page.textContent('#path'), '/next/page?x=1');
    assert.ok(ports.map(String).includes(portOf(page)));
    assert.notEqual(portOf(page), first);
    assert.deepEqual(errors, []);
    await keepArtefact('lifeline.png', await page.screenshot());
    await usher.event('health-changed', {
      fits: ({ secondary, to }) => secondary === `web${first}` && to === 'down',
    });
    const status = (await (await fetch(`${usher.adminUrl}/api/status`)).json()) as Status;
    assert.deepEqual(
      status.complaints.map(({ secondary, by, network, count }) => ({ secondary, by, network, count })),
      [{ secondary: `web${first}`, by: 'lifeline', network: '127.0.0.0/24', count: 1 }],
    );
    await page.context().close();
    await startSecondary(Number(first));
  });

  test('a path made of script is harmless, and leads nowhere else', async () => {
    const page = await arrive();
    const first = portOf(page);
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await kill(first);
    const path = `//evil.example/"><script>alert(1)</script>?to=//evil.example&not=x`;
    await page.evaluate((to) => {
      location.href = location.origin + to;
    }, path);
    await page.waitForFunction((from) => location.port !== from, first, { timeout: 20_000 });
    const at = new URL(page.url());
    assert.equal(at.hostname, 'localhost');
    assert.match(at.pathname, /^\/\/evil\.example\//);
    assert.deepEqual(dialogs, []);
    await page.context().close();
    await startSecondary(Number(first));
  });
});
