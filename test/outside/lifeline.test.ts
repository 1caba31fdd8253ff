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

/** A pool of two whose pages hold the lifeline, behind a primary that prefers the first of them. */
interface Stage {
  readonly usher: Usher;
  readonly origin: string;
  readonly ports: readonly string[];
  readonly kill: (port: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A secondary whose pages hold the lifeline and a link to what they are asked to link to. */
const startSecondary = async (port: number, primary: string): Promise<Server> => {
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
        `<script src="/usher-lifeline.js" data-primary="${primary}"></script>`,
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

/** The secondaries are there before the primary asks them for the first time, for it does not ask again. */
const openStage = async (): Promise<Stage> => {
  const ports = [await freePort(), await freePort()];
  const port = await freePort();
  const origin = `http://localhost:${String(port)}`;
  const servers = new Map<string, Server>();
  for (const each of ports) servers.set(String(each), await startSecondary(each, origin));
  const usher = await startUsher({
    port,
    config: {
      // The checks look so seldom that only the visitor can know.
      checks: { from: 'cached', every: '1m', freshen: 1 },
      policy: 'first',
      secondaries: ports.map((each) => ({ port: each })),
    },
  });
  const kill = async (id: string): Promise<void> => {
    const server = servers.get(id);
    if (server === undefined) return;
    servers.delete(id);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    ...{ usher, origin, kill, ports: ports.map(String) },
    stop: async () => {
      await usher.stop();
      for (const each of ports) await kill(String(each));
    },
  };
};

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
});

/** Goes through the primary until the lifeline of the secondary watches over the page. */
const arrive = async (origin: string): Promise<Page> => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/start`);
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
  test('a secondary killed between two clicks: the next click lands on the other one, with its path', async (t) => {
    const { usher, origin, ports, kill, stop } = await openStage();
    t.after(stop);
    const page = await arrive(origin);
    const first = portOf(page);
    const errors: string[] = [];
    page.on('framenavigated', (frame) => {
      if (frame.url().startsWith('chrome-error:')) errors.push(frame.url());
    });
    await kill(first);
    await page.click('#next');
    await page.waitForFunction((from) => location.port !== from, first, { timeout: 20_000 });
    assert.equal(await page.textContent('#path'), '/next/page?x=1');
    assert.ok(ports.includes(portOf(page)));
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
  });

  test('a path made of script is harmless, and leads nowhere else', async (t) => {
    const { origin, kill, stop } = await openStage();
    t.after(stop);
    const page = await arrive(origin);
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
  });
});
