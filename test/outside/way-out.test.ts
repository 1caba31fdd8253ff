import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { freePort } from '../real/port.ts';
import { layNetwork, type VisitorNetwork } from '../real/visitor-network.ts';
import { startUsher, type Usher } from './usher.ts';

/** Long enough for a return to count. How long it is, is what this is about: nothing else tells it. */
const A_MOMENT_MS = 1200;
const TABLE = `usher_narrow_${String(process.pid)}`;

const nft = (...rules: readonly string[]): void => {
  execFileSync('nft', ['-f', '-'], { input: `${rules.join('\n')}\n` });
};

const servers: Server[] = [];
const ports: number[] = [];
let network: VisitorNetwork;
let browser: Browser;
let usher: Usher;
let primary = '';

before(async () => {
  for (const name of ['one', 'two', 'three']) {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end(`<!doctype html><link rel="icon" href="data:,"><h1>${name}</h1>`);
    });
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    servers.push(server);
    ports.push((server.address() as { port: number }).port);
  }
  network = await layNetwork();
  browser = await openBrowser({ wrap: network.wrap });
  const port = await freePort();
  primary = `http://${network.host}:${String(port)}`;
  usher = await startUsher({
    port,
    config: {
      listen: [{ host: '0.0.0.0', port }],
      policy: 'first',
      checks: { from: 'none' },
      affinity: { redispatch: '60s' },
      secondaries: ports.map((each) => ({ port: each })),
    },
  });
});
after(async () => {
  nft(`add table ip ${TABLE}`, `delete table ip ${TABLE}`);
  await browser.close();
  await usher.stop();
  await network.stop();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** The first two of three secondaries are out of reach for everybody in the network. */
const block = (verdict: string): void => {
  nft(
    `add table ip ${TABLE}`,
    `delete table ip ${TABLE}`,
    `add table ip ${TABLE}`,
    `add chain ip ${TABLE} in { type filter hook input priority 0 ; }`,
    `add rule ip ${TABLE} in ip saddr ${network.prefix}2 tcp dport { ${ports.slice(0, 2).join(', ')} } ${verdict}`,
  );
};
/** Opens an address where nothing comes, and sees so for a moment. */
const openInVain = async (page: Page, url: string): Promise<void> => {
  await assert.rejects(page.goto(url, { waitUntil: 'commit', timeout: A_MOMENT_MS }));
  await pass(A_MOMENT_MS);
};
/** He is at the one that he can reach, with all that he asked for, and stays there. */
const arrives = async (page: Page, behind: string): Promise<void> => {
  await page.waitForURL(`http://${network.host}:${String(ports[2])}${behind}`, { timeout: 60_000 });
  assert.equal(await page.textContent('h1'), 'three');
  await page.goto(`${primary}/next`);
  assert.equal(new URL(page.url()).port, String(ports[2]));
};

describe('a visitor whose network blocks two of three secondaries', () => {
  for (const [how, verdict] of [
    ['refuses', 'reject with tcp reset'],
    ['swallows', 'drop'],
  ] as const) {
    test(`(it ${how} what he sends) arrives with his third attempt, or with one click on the way out`, async () => {
      block(verdict);
      const context = await browser.newContext();
      const page = await context.newPage();
      const path = '/deep/path?x=1&y=%2F#part';
      for (const _ of [1, 2]) await openInVain(page, primary + path);
      await page.goto(primary + path, { waitUntil: 'commit' });
      await arrives(page, path);

      const other = await (await browser.newContext()).newPage();
      await openInVain(other, `${primary}/a`);
      await other.goto(`${primary}/.usher/other?to=/a`, { waitUntil: 'commit' });
      await arrives(other, '/a');
      await keepArtefact(`way-out-${how}.png`, await other.screenshot());
      await context.close();
      await other.context().close();
    });
  }
});
