import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { openBrowser } from '../real/chromium.ts';
import { output } from '../real/program.ts';
import { startWebServer, type WebServer } from '../real/web-server.ts';
import { askRaw, requestText } from './raw.ts';
import { startUsher, type Usher } from './usher.ts';

/** What a secondary of an API heard and says back. */
interface Heard {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** An API that lets in whom CORS lets in. */
const api =
  (name: string) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Methods', 'PUT');
    response.setHeader('Access-Control-Allow-Headers', 'content-type, x-token');
    if (request.method === 'OPTIONS') {
      response.end();
      return;
    }
    const { method = '', url = '' } = request;
    response.setHeader('Content-Type', url === '/page' ? 'text/html' : 'application/json');
    response.end(JSON.stringify({ name, method, url, body: await text(request) } satisfies Heard));
  };

let secondaries: readonly WebServer[];
let usher: Usher;

before(async () => {
  secondaries = await Promise.all(
    ['one', 'two', 'three', 'four', 'five'].map((name) =>
      startWebServer((...call) => void api(name)(...call)),
    ),
  );
  usher = await startUsher({
    config: {
      policy: 'first',
      checks: { from: 'none' },
      secondaries: secondaries.map(({ port }, at) => ({ id: `web${at + 1}`, port })),
      entrances: { '/page.html': { policy: 'first', checks: 'none', delivery: 'page' } },
    },
  });
});
after(() => Promise.all(secondaries.map(({ stop }) => stop())));

const portAt = (at: number): number => secondaries[at]?.port ?? 0;

describe('a program', () => {
  test('that follows a 307 arrives with its method and its body', async () => {
    const body = 'x'.repeat(100_000);
    const said = await output([
      ...(['curl', '-s', '--location', '-X', 'POST', '-H', 'Content-Type: text/plain'] as const),
      ...['--data-binary', body, `${usher.url}/form?a=%2F`],
    ]);
    assert.deepEqual(JSON.parse(said), { name: 'one', method: 'POST', url: '/form?a=%2F', body });
  });

  test('that takes JSON only is told where to go, where else, why and for how long', async () => {
    const ask = (line: string, headers: Record<string, string>) =>
      askRaw(usher.port, requestText(line, { Host: 'www.example.org', ...headers }), {
        head: line.startsWith('HEAD'),
      });
    const reply = await ask('GET /data/1?x=%20y', { Accept: 'application/json' });
    assert.equal(reply.status, 200);
    assert.equal(reply.header('content-type'), 'application/json');
    assert.equal(reply.header('cache-control'), 'no-store');
    assert.match(reply.header('set-cookie') ?? '', /^usher=web1\./);
    const place = (at: number): string => `http://www.example.org:${portAt(at)}/data/1?x=%20y`;
    assert.deepEqual(JSON.parse(reply.body), {
      url: place(0),
      alternatives: [place(1), place(2), place(3)],
      because: 'first',
      ttl: 2,
    });
    const head = await ask('HEAD /data', { Accept: 'application/json' });
    assert.equal(head.status, 200);

    for (const accept of ['*/*', 'application/json, text/plain, */*', 'text/html,application/json']) {
      assert.equal((await ask('GET /data', { Accept: accept })).status, 302, accept);
    }
    const posted = await ask('POST /data', { Accept: 'application/json', 'Content-Length': '0' });
    assert.equal(posted.status, 307);
  });

  test('that prefers alternates gets them as links beside the redirect', async () => {
    const reply = await askRaw(
      usher.port,
      requestText('GET /iso/<x>?q', { Host: 'www.example.org', Prefer: 'respond-async, alternates' }),
    );
    assert.equal(reply.status, 302);
    assert.equal(reply.header('location'), `http://www.example.org:${portAt(0)}/iso/<x>?q`);
    assert.equal(reply.header('preference-applied'), 'alternates');
    const link = (at: number): string =>
      `<http://www.example.org:${portAt(at)}/iso/%3Cx%3E?q>; rel="alternate duplicate"; pri=${at + 1}`;
    assert.equal(reply.header('link'), [link(1), link(2), link(3)].join(', '));
  });

  test('that crawls, and a picture of a page, get a plain redirect where a browser gets the page', async () => {
    const ask = (headers: Record<string, string>) =>
      askRaw(usher.port, requestText('GET /page.html', { Host: 'www.example.org', ...headers }));
    const agents = [
      'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/116.0 Safari/537.36',
      'facebookexternalhit/1.1',
      'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
      'DuckDuckBot/1.1',
      'Twitterbot/1.0',
    ];
    for (const agent of agents) {
      const reply = await ask({ 'User-Agent': agent, Accept: 'text/html,*/*' });
      assert.equal(reply.status, 302, agent);
      assert.equal(reply.header('location'), `http://www.example.org:${portAt(0)}/`);
    }
    assert.equal((await ask({ Accept: 'image/avif,image/webp,*/*;q=0.8' })).status, 302);
    assert.equal((await ask({ Accept: '*/*', 'Sec-Fetch-Dest': 'script' })).status, 302);

    const browser = 'Mozilla/5.0 (X11; Linux x86_64; CUBOT) Gecko/20100101 Firefox/128.0';
    const page = await ask({ 'User-Agent': browser, Accept: 'text/html,*/*', 'Sec-Fetch-Dest': 'document' });
    assert.equal(page.status, 200);
  });
});

test('a script in a browser gets through: preflight, redirect and JSON, from a page of the cluster and from elsewhere', async (t) => {
  const browser = await openBrowser();
  t.after(() => browser.close());
  const context = await browser.newContext();
  const page = await context.newPage();
  const elsewhere = await startWebServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>elsewhere</title>');
  });
  t.after(elsewhere.stop);

  for (const origin of [secondaries[1]?.origin, elsewhere.origin]) {
    await page.goto(`${origin ?? ''}/page`);
    const heard = await page.evaluate(async (url): Promise<unknown> => {
      const headers = { 'Content-Type': 'application/json', 'X-Token': '1' };
      const answer = await fetch(`${url}/put?x`, { method: 'PUT', headers, body: '{"a":1}' });
      return answer.json();
    }, usher.url);
    assert.deepEqual(heard, { name: 'one', method: 'PUT', url: '/put?x', body: '{"a":1}' });

    const url = await page.evaluate(async (primary): Promise<string> => {
      const answer = await fetch(`${primary}/data`, { headers: { Accept: 'application/json' } });
      return ((await answer.json()) as { url: string }).url;
    }, usher.url);
    assert.equal(url, `${secondaries[0]?.origin ?? ''}/data`);
  }

  const withCookies = (primary: string): Promise<string> =>
    fetch(`${primary}/data`, { headers: { Accept: 'application/json' }, credentials: 'include' }).then(
      (answer) => answer.text(),
      () => 'refused',
    );
  await page.goto(`${secondaries[1]?.origin ?? ''}/page`);
  assert.match(await page.evaluate(withCookies, usher.url), /"url"/);
  assert.deepEqual(
    (await context.cookies(usher.url)).map(({ name }) => name),
    ['usher'],
  );
  await page.goto(elsewhere.origin);
  assert.equal(await page.evaluate(withCookies, usher.url), 'refused');
});
