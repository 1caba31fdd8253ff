import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../real/port.ts';
import { startUnwatched } from '../real/chromium.ts';
import { startWebServer } from '../real/web-server.ts';

// `npm run bench:browser`: in Chromium on loopback, from the click on a link to the first byte of the secondary, by each
// delivery in turn, beside a direct visit, and beside what Chromium itself takes: the same answers from a server that does
// nothing but say them. Nobody watches the browser meanwhile: the pages measure themselves, by the clock that all of them
// share. Medians, and medians of the differences to the direct visit of the same round; the goals are those of a machine
// that does nothing else.
const ROUNDS = 20;
const WARM_UP = 2;
/**
 * Before a visitor clicks he reads; meanwhile Chromium makes a process ready for the next page. Whoever clicks after 0.2 s
 * waits for that with every page, ours or not: 70 ms were seen between its first byte and its script, instead of 25.
 */
const READS_MS = 1000;
const GOALS: Readonly<Record<string, string>> = {
  direct: 'what Chromium takes by itself',
  'bare 302': 'a redirect by a server that does nothing else',
  redirect: 'at most 15 ms',
  'bare page': 'a page of location.replace and nothing else',
  assigned: 'at most 40 ms',
  'bare fetch': 'a page that asks once, then location.replace',
  fastest: 'the answer of the fastest + 40 ms',
};

const launcher = fileURLToPath(new URL('../../src/usher.js', import.meta.url));

const HEAD = '<!doctype html><link rel="icon" href="data:,">';
const HTML = { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' };

const medianOf = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;

const folder = await mkdtemp(join(tmpdir(), 'usher-in-browser-'));
const ways: [way: string, url: string][] = [];
/** by way, one a round */
const times = new Map<string, number[]>();
const isDone = Promise.withResolvers<undefined>();
let turn = -1;

/** The way of a turn; `undefined` after the last. */
const wayOf = (nth: number): [way: string, url: string] | undefined =>
  nth < ways.length * (WARM_UP + ROUNDS) ? ways[nth % ways.length] : undefined;

/** It takes minutes, and nothing else is to be seen meanwhile. */
const progress = (round: number): void => {
  if (round < WARM_UP + ROUNDS) process.stderr.write(`round ${round + 1} of ${WARM_UP + ROUNDS}\n`);
};

/** The page that a visitor clicks on; it was told what the last click took. */
const start = await startWebServer(({ url = '' }, response) => {
  const [, took] = /^\/start\?took=([\d.]+)$/.exec(url) ?? [];
  const [way = ''] = wayOf(turn) ?? [];
  if (took !== undefined && turn >= ways.length * WARM_UP) times.get(way)?.push(Number(took));
  if (url.startsWith('/start')) {
    turn += 1;
    if (turn % ways.length === 0) progress(turn / ways.length);
  }
  response.writeHead(200, HTML);
  const next = wayOf(turn);
  if (next === undefined) {
    isDone.resolve(undefined);
    response.end(HEAD);
    return;
  }
  // What is between two clicks is read at /back: the address of the page that one clicks on is always the same.
  response.end(
    url.startsWith('/back')
      ? `${HEAD}<script>location.replace('/start?took=' + (location.hash.slice(1) - localStorage.clickedAt))</script>`
      : `${HEAD}<title>start</title><a href="${next[1]}">go</a><script>
setTimeout(() => {
localStorage.clickedAt = performance.timeOrigin + performance.now();
document.links[0].click();
}, ${String(READS_MS)})
</script>`,
  );
});
const servers = await Promise.all(
  [1, 2].map(() =>
    startWebServer((_request, response) => {
      response.writeHead(200, HTML);
      response.end(`${HEAD}<title>secondary</title><script>
location.replace('${start.origin}/back#' + (performance.timeOrigin + performance.getEntriesByType('navigation')[0].responseStart))
</script>`);
    }),
  ),
);
const onward = `${servers[0]?.origin ?? ''}/x`;
const bare = await startWebServer(({ url }, response) => {
  if (url === '/302') {
    response.writeHead(302, { Location: onward }).end();
    return;
  }
  const go = `location.replace('${onward}')`;
  const script =
    url === '/page' ? go : `fetch('${onward}', { method: 'HEAD', mode: 'no-cors' }).then(() => ${go})`;
  response.writeHead(200, HTML);
  response.end(`${HEAD}<script>${script}</script>`);
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
const own = `http://127.0.0.1:${port}`;
ways.push(
  ['direct', onward],
  ['bare 302', `${bare.origin}/302`],
  ['redirect', `${own}/x`],
  ['bare page', `${bare.origin}/page`],
  ['assigned', `${own}/assigned`],
  ['bare fetch', `${bare.origin}/fetch`],
  ['fastest', `${own}/fastest`],
);
for (const [way] of ways) times.set(way, []);
const usher = spawn(process.execPath, [launcher, 'start', '--config', file], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  for await (const line of createInterface({ input: usher.stdout })) if (line.includes('"started"')) break;
  const browser = await startUnwatched(join(folder, 'profile'), `${start.origin}/start`);
  const isWhole = await Promise.race([isDone.promise.then(() => true), browser.ended.then(() => false)]);
  await browser.stop();
  if (!isWhole) throw new Error('Chromium ended before the last round');
  console.log(`click to first byte of the secondary, medians of ${ROUNDS}, Chromium on loopback`);
  console.log(`${''.padEnd(10)}${'ms'.padStart(8)}${'more than direct'.padStart(19)}`);
  const direct = times.get('direct') ?? [];
  for (const [way, took] of times) {
    const more = medianOf(took.map((each, round) => each - (direct[round] ?? NaN)));
    const columns = [medianOf(took).toFixed(1).padStart(8), more.toFixed(1).padStart(19)];
    console.log(`${way.padEnd(10)}${columns.join('')}   ${GOALS[way] ?? ''}`);
  }
} finally {
  usher.kill();
  await once(usher, 'close');
  await Promise.all([...servers, start, bare].map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
