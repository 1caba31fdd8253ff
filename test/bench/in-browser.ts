import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { freePort } from '../real/port.ts';
import { openBrowser } from '../real/chromium.ts';
import { startWebServer } from '../real/web-server.ts';

// `npm run bench:browser`: in Chromium on loopback, from the click on a link to the first byte of the secondary, by each
// delivery in turn, beside a direct visit. Medians; the goals are those of a machine that does nothing else.
const ROUNDS = 40;
const GOALS_MS: Readonly<Record<string, string>> = {
  direct: '',
  redirect: 'at most 15',
  assigned: 'at most 40',
  fastest: 'the answer of the fastest + 40',
};

const launcher = fileURLToPath(new URL('../../src/usher.js', import.meta.url));

/** Clicks a link to `url` on a page of its own, and measures until the first byte of the last answer. */
const click = async (page: Page, start: string, url: string): Promise<number> => {
  await page.goto(`${start}/start`);
  const clickedAt = await page.evaluate((to) => {
    const link = document.createElement('a');
    link.href = to;
    document.body.append(link);
    const at = performance.timeOrigin + performance.now();
    link.click();
    return at;
  }, url);
  await page.waitForFunction(() => document.title === 'secondary');
  const firstByteAt = await page.evaluate(
    () =>
      performance.timeOrigin +
      (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).responseStart,
  );
  return firstByteAt - clickedAt;
};

const medianOf = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;

const folder = await mkdtemp(join(tmpdir(), 'usher-in-browser-'));
const servers = await Promise.all(
  [1, 2].map(() =>
    startWebServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' });
      response.end('<!doctype html><link rel="icon" href="data:,"><title>secondary</title>');
    }),
  ),
);
const start = await startWebServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/html' });
  response.end('<!doctype html><link rel="icon" href="data:,"><title>start</title><body>');
});
const [port, adminPort] = [await freePort(), await freePort()];
const file = join(folder, 'usher.json');
await writeFile(
  file,
  JSON.stringify({
    listen: [{ host: '127.0.0.1', port }],
    admin: { listen: `127.0.0.1:${adminPort}` },
    checks: { from: 'none' },
    affinity: false,
    policy: 'random',
    entrances: { '/assigned': { delivery: 'page' }, '/fastest': { delivery: { page: 'fastest' } } },
    secondaries: servers.map((server) => ({ port: server.port })),
  }),
);
const usher = spawn(process.execPath, [launcher, 'start', '--config', file], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await openBrowser();
try {
  for await (const line of createInterface({ input: usher.stdout })) if (line.includes('"started"')) break;
  const page = await browser.newPage();
  const urls: Readonly<Record<string, string>> = {
    direct: `${servers[0]?.origin ?? ''}/x`,
    redirect: `http://127.0.0.1:${port}/x`,
    assigned: `http://127.0.0.1:${port}/assigned`,
    fastest: `http://127.0.0.1:${port}/fastest`,
  };
  const times = new Map(Object.keys(urls).map((way): [string, number[]] => [way, []]));
  for (let round = -3; round < ROUNDS; round += 1) {
    for (const [way, url] of Object.entries(urls)) {
      const took = await click(page, start.origin, url);
      if (round >= 0) times.get(way)?.push(took);
    }
  }
  console.log(`click to first byte of the secondary, median of ${ROUNDS}, Chromium on loopback`);
  for (const [way, took] of times) {
    console.log(`${way.padEnd(10)}${medianOf(took).toFixed(1).padStart(8)} ms   ${GOALS_MS[way] ?? ''}`);
  }
} finally {
  await browser.close();
  usher.kill();
  await once(usher, 'close');
  await Promise.all([...servers, start].map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
}
