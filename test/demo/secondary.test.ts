import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startDemoSecondary, type DemoData, type DemoSecondary } from '../../src/demo/secondary.ts';
import { loadView } from '../../src/doors/pages/views.ts';
import { until } from '../outside/until.ts';
import { createStillClock } from './demo-clock.ts';
import { sayRaw } from './raw.ts';

const view = loadView<DemoData>('demo');
const about = { name: 'web1', host: '127.0.0.1', primaryPort: 8080, view, clock: createStillClock() };

/** A sample secondary that ends with the test, and how to ask it. */
const start = async (t: TestContext) => {
  const clock = createStillClock();
  const secondary: DemoSecondary = await startDemoSecondary({ ...about, port: 0, clock, goneMs: 1_000 });
  t.after(() => secondary.stop());
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${secondary.port}${path}`, { redirect: 'manual', ...init });
  const read = async (path: string, init: RequestInit = {}): Promise<string> =>
    (await ask(path, init)).text();
  return { clock, port: secondary.port, ask, read };
};

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

const pageNumbers = (html: string): readonly number[] =>
  [
    'visitor number (\\d+)',
    '>(\\d+), of which',
    'of which (\\d+) yours',
    'Visitors so far</dt><dd>(\\d+)<',
  ].map((form) => Number(new RegExp(form).exec(html)?.[1]));

describe('a sample secondary', () => {
  it('says its name, its port, and what it was asked for', async (t) => {
    const { port, ask } = await start(t);
    const response = await ask('/a/b?x=1&y=2');
    const html = await response.text();
    assert.equal(response.status, 200);
    assert.match(html, new RegExp(`<h1>${port}</h1>`));
    assert.match(html, /web1, a sample secondary/);
    assert.match(html, /<code>\/a\/b\?x=1&amp;y=2</);
  });

  it('answers whatever method a redirect brings', async (t) => {
    const { ask } = await start(t);
    assert.equal((await ask('/form', { method: 'POST', body: 'a=1' })).status, 200);
    assert.equal((await ask('/form', { method: 'PUT', body: 'x'.repeat(100_000) })).status, 200);
  });

  it('counts pages, and visitors by a cookie', async (t) => {
    const { ask, read } = await start(t);
    const first = await ask('/');
    const cookie = cookieOf(first);
    assert.deepEqual(pageNumbers(await first.text()), [1, 1, 1, 1]);
    assert.deepEqual(pageNumbers(await read('/')), [2, 2, 1, 2]);
    const back = await ask('/', { headers: { cookie: `theme=dark; ${cookie}; x=1` } });
    assert.deepEqual(pageNumbers(await back.text()), [1, 3, 2, 2]);
  });

  it('names its cookie after its port, because cookies know no ports', async (t) => {
    const { port, ask } = await start(t);
    assert.equal(cookieOf(await ask('/')), `usher-demo-${port}=1.1`);
  });

  it('takes a cookie that it never gave for none', async (t) => {
    const { port, ask } = await start(t);
    for (const value of ['99.1', '0.1', '-1.1', '1', 'x', '1e9.1', '']) {
      await ask('/', { headers: { cookie: `usher-demo-${port}=${value}` } });
    }
    assert.equal(cookieOf(await ask('/')), `usher-demo-${port}=8.1`);
  });

  it('counts no checks', async (t) => {
    const { ask, read } = await start(t);
    for (const path of ['/alive', '/server-status?auto', '/favicon.ico']) await ask(path);
    await ask('/', { method: 'HEAD' });
    assert.deepEqual(pageNumbers(await read('/')), [1, 1, 1, 1]);
  });

  it('leads back to the primary on the host that the visitor asked for', async (t) => {
    const { port, read } = await start(t);
    assert.match(await read('/a?b=1'), /<a class="on quiet" href="http:\/\/127\.0\.0\.1:8080\/a\?b=1">/);
    const named = await sayRaw(
      port,
      'GET /a HTTP/1.1\r\nHost: www.example.org:8086\r\nConnection: close\r\n\r\n',
    );
    assert.match(named, /href="http:\/\/www\.example\.org:8080\/index\.html"/);
  });

  it('repeats no hostile Host, and hostile targets only as text', async (t) => {
    const { port } = await start(t);
    const heard = await sayRaw(
      port,
      'GET /"><script>alert(1)</script> HTTP/1.1\r\nHost: evil"><x\r\nConnection: close\r\n\r\n',
    );
    assert.match(heard, /^HTTP\/1\.1 200 /);
    assert.doesNotMatch(heard, /evil/);
    assert.match(heard, /href="http:\/\/127\.0\.0\.1:8080\/index\.html"/);
    assert.match(heard, /<code>\/&quot;&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;</);
  });

  it('never leads elsewhere from a target in another form', async (t) => {
    const { port } = await start(t);
    for (const target of ['http://evil.example/', 'evil.example', '*']) {
      const heard = await sayRaw(port, `GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
      for (const [, href] of heard.matchAll(/<a [^>]*href="([^"]*)"/g)) {
        assert.equal(new URL(href ?? '').origin, 'http://h:8080', target);
      }
    }
  });

  it('tells its load as Apache does', async (t) => {
    const { clock, ask, read } = await start(t);
    await ask('/');
    await ask('/');
    clock.forward(12_000);
    const status = await read('/server-status?auto');
    const told = new Map(status.split('\n').map((line) => line.split(': ') as [string, string]));
    assert.equal(told.get('Total Accesses'), '3');
    assert.equal(told.get('Uptime'), '12');
    assert.equal(told.get('BusyWorkers'), '1');
    assert.equal(told.get('IdleWorkers'), '149');
    assert.match(told.get('Total Duration') ?? '', /^\d+$/);
    assert.match(told.get('Scoreboard') ?? '', /^W_{149}$/);
  });

  it('is sick for 20 seconds when told to: every answer is a 503', async (t) => {
    const { clock, ask } = await start(t);
    const told = await ask('/sick', { method: 'POST' });
    assert.deepEqual([told.status, told.headers.get('location')], [303, '/']);
    for (const path of ['/', '/alive', '/server-status?auto'])
      assert.equal((await ask(path)).status, 503, path);
    assert.equal((await ask('/', { method: 'HEAD' })).status, 503);
    clock.forward(19_999);
    assert.equal((await ask('/alive')).status, 503);
    clock.forward(1);
    assert.equal((await ask('/alive')).status, 200);
  });

  it('is well before that when told so', async (t) => {
    const { ask, read } = await start(t);
    await ask('/sick', { method: 'POST' });
    assert.match(await read('/'), /action="\/well"/);
    await ask('/well', { method: 'POST' });
    assert.equal((await ask('/')).status, 200);
  });

  it('is gone for a while when told to, with every connection, and comes back to its port', async (t) => {
    const { port, ask } = await start(t);
    const html = await (await ask('/gone', { method: 'POST' })).text();
    assert.match(html, /Gone, as if it had been killed/);
    const heard = async (): Promise<string> => {
      try {
        return await sayRaw(port, 'HEAD /alive HTTP/1.1\r\nHost: h\r\n\r\n');
      } catch (error) {
        return String(error);
      }
    };
    await until(async () => (await heard()).includes('ECONNREFUSED'));
    await until(async () => (await heard()).startsWith('HTTP/1.1 200'));
  });

  it('stops while it is gone', async () => {
    const secondary = await startDemoSecondary({ ...about, port: 0, goneMs: 60_000 });
    await (await fetch(`http://127.0.0.1:${secondary.port}/gone`, { method: 'POST' })).text();
    await secondary.stop();
    await assert.rejects(fetch(`http://127.0.0.1:${secondary.port}/`));
  });

  it('takes none of these from a page of another site', async (t) => {
    const { ask } = await start(t);
    for (const wish of ['/sick', '/well', '/gone']) {
      const response = await ask(wish, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
      assert.equal(response.status, 403, wish);
    }
    assert.equal((await ask('/')).status, 200);
  });

  it('keeps nobody waiting when it stops', async () => {
    const secondary = await startDemoSecondary({ ...about, port: 0 });
    const open = sayRaw(secondary.port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await open;
    await secondary.stop();
    await assert.rejects(fetch(`http://127.0.0.1:${secondary.port}/`));
  });
});
