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
// delivery in turn, beside a direct visit, and beside what Chromium itself takes: the same answers from a server that does
// nothing but say them. Medians; the goals are those of a machine that does nothing else.
const ROUNDS = 40;
const GOALS_MS: Readonly<Record<string, string>> = {
  direct: '',
  'bare 302': 'a redirect by a server that does nothing else',
  'bare page': 'a page of location.replace and nothing else',
  redirect: 'at most 15',
  assigned: 'at most 40',
  fastest: 'the answer of the fastest + 40',
};

const launcher = fileURLToPath(new URL('../../src/usher.js', import.meta.url));

/** Clicks a link to `url` on a page of its own, and measures until the first byte of the last answer. */
const click = async (page: Page, start: string, url: string): Promise<number> => {
  await page.goto(`${start}/start`);
  // Whoever asked the page meanwhile would keep it from its work: it says by itself when it was there.
  const arrived = page.waitForEvent('console');
  const clickedAt = await page.evaluate((to) => {
    const link = document.createElement('a');
    link.href = to;
    document.body.append(link);
    const at = performance.timeOrigin + performance.now();
    link.click();
    return at;
  }, url);
  return Number((await arrived).text()) - clickedAt;
};

const medianOf = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;

const ARRIVED = `<!doctype html><link rel="icon" href="data:,"><title>secondary</title>
<script>console.log(performance.timeOrigin + performance.getEntriesByType('navigation')[0].responseStart)</script>`;

const folder = await mkdtemp(join(tmpdir(), 'usher-in-browser-'));
const servers = await Promise.all(
  [1, 2].map(() =>
    startWebServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' });
      response.end(ARRIVED);
    }),
  ),
);
const start = await startWebServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/html' });
  response.end('<!doctype html><link rel="icon" href="data:,"><title>start</title><body>');
});
const onward = `${servers[0]?.origin ?? ''}/x`;
const bare = await startWebServer(({ url }, response) => {
  if (url === '/302') response.writeHead(302, { Location: onward }).end();
  else {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' });
    response.end(`<!doctype html><script>location.replace('${onward}')</script>`);
  }
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
    direct: onward,
    'bare 302': `${bare.origin}/302`,
    redirect: `http://127.0.0.1:${port}/x`,
    'bare page': `${bare.origin}/page`,
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
  await Promise.all([...servers, start, bare].map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
}
