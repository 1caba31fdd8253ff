import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { layNetwork, type VisitorNetwork } from '../real/visitor-network.ts';
import { freePort } from '../real/port.ts';
import { startUsher } from './usher.ts';

/** Far by any measure, also on a machine whose browsers take their time. */
const FAR_MS = 700;

/** A secondary that is far away for whoever comes from the other network. */
const startNear = async (t: TestContext, network: VisitorNetwork): Promise<number> => {
  const server = createServer((request, response) => {
    const address = (request.socket.remoteAddress ?? '').replace('::ffff:', '');
    setTimeout(
      () => {
        response.writeHead(200, { 'Content-Type': 'text/html' });
        response.end('<!doctype html><link rel="icon" href="data:,"><title>secondary</title>');
      },
      address.startsWith(network.prefix) || address.startsWith('127.') ? 0 : FAR_MS,
    );
  });
  await new Promise<void>((listening) => server.listen(0, listening));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
};

interface Visited {
  /** the status that the primary answered with */
  readonly status: number;
  readonly port: number;
}

/** One new visitor after the other from a network, until `count` came. */
const send = async (browser: Browser, url: string, count: number): Promise<readonly Visited[]> => {
  const visits: Visited[] = [];
  for (let n = 0; n < count; n += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    let status = 0;
    page.on('response', (response) => {
      if (response.url().startsWith(url)) status ||= response.status();
    });
    await page.goto(`${url}/page/${n}?x=1#part`, { waitUntil: 'commit' });
    await page.waitForURL((at) => at.port !== new URL(url).port);
    await page.waitForFunction(() => document.title === 'secondary');
    const { port, pathname, search, hash } = new URL(page.url());
    assert.equal(pathname + search + hash, `/page/${n}?x=1#part`);
    if (n === count - 1) await keepArtefact('nearest.png', await page.screenshot());
    visits.push({ status, port: Number(port) });
    await context.close();
  }
  return visits;
};

/** Sends so many visitors from each network. */
type Send = (count: number) => Promise<readonly (readonly Visited[])[]>;

describe('policy nearest, in Chromium in two networks', () => {
  it('within fourteen visits sends each network by plain redirects to the one that is near it, and still does after a restart', async (t) => {
    const networks = await Promise.all([layNetwork(), layNetwork()]);
    for (const network of networks) t.after(network.stop);
    const ports = await Promise.all(networks.map((network) => startNear(t, network)));
    const browsers = await Promise.all(networks.map(({ wrap }) => openBrowser({ wrap })));
    for (const browser of browsers) t.after(() => browser.close());

    const port = await freePort();
    const options = {
      port,
      config: {
        listen: [{ host: '0.0.0.0', port }],
        policy: { nearest: true, learn: 0 },
        checks: { from: 'none' },
        entrances: {},
        secondaries: ports.map((each) => ({ port: each })),
      },
    };
    const sendFromBoth: Send = (count) =>
      Promise.all(
        networks.map(async ({ host }, at) => {
          const browser = browsers[at];
          assert.ok(browser !== undefined);
          return send(browser, `http://${host}:${port}`, count);
        }),
      );

    let usher = await startUsher({ ...options, config: { ...options.config, policy: 'nearest' } });
    const visits = await sendFromBoth(14);
    visits.forEach((ofOne, at) => {
      assert.ok(
        ofOne.some(({ status }) => status === 200),
        'no browser was asked',
      );
      const learnt = ofOne.slice(-5);
      assert.ok(
        learnt.every((visit) => visit.port === ports[at]),
        JSON.stringify(ofOne),
      );
      assert.ok(learnt.filter(({ status }) => status === 302).length >= 3, JSON.stringify(ofOne));
    });

    usher.signal('SIGTERM');
    await usher.ended;
    const kept = (await readFile(join(usher.folder, 'state/networks'), 'utf8')).trimEnd().split('\n');
    assert.deepEqual(
      kept.map((line) => line.split(' ')[0]).sort(),
      [...networks.map(({ prefix }) => `${prefix}0/24`), 'usher'].sort(),
    );
    // nobody is asked any more: what they go by is what was kept
    usher = await startUsher({ ...options, keep: usher });
    (await sendFromBoth(3)).forEach((ofOne, at) => {
      assert.deepEqual(
        ofOne,
        Array.from({ length: 3 }, () => ({ status: 302, port: ports[at] })),
      );
    });
  });
});
