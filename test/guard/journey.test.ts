import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startUsher } from '../outside/usher.ts';
import { freePort } from '../real/port.ts';
import { startWebServer } from '../real/web-server.ts';
import { ask, BOOKMARK } from './ask.ts';
import { guards } from './guards.ts';

/** The stations of a visitor who follows redirects, as `port target`, and the last answer. */
const follow = async (
  start: { readonly port: number; readonly target: string },
  { keeps }: { readonly keeps: 'cookies' | 'no cookies' },
): Promise<{ readonly stations: readonly string[]; readonly status: number }> => {
  const stations: string[] = [];
  let { port, target } = start;
  const jar = new Map<string, string>();
  for (;;) {
    stations.push(`${port} ${target}`);
    const { status, location, headers } = await ask(port, target, {
      ...BOOKMARK,
      ...(jar.size === 0 ? {} : { cookie: [...jar].map((pair) => pair.join('=')).join('; ') }),
    });
    for (const set of keeps === 'cookies' ? (headers['set-cookie'] ?? []) : []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      jar.set(name, value);
    }
    if (location === undefined || stations.length === 10) return { stations, status };
    const to = new URL(location, `http://127.0.0.1:${port}${target}`);
    port = Number(to.port);
    target = to.pathname + to.search;
  }
};

test('a bookmark of any secondary leads through a real primary to a page of its path, with cookies and without', async (t) => {
  const port = await freePort();
  const primary = `http://127.0.0.1:${port}`;
  const guarded = await Promise.all(
    Object.values(guards).map(async (start) => {
      const each = await start(primary);
      t.after(each.stop);
      return each;
    }),
  );
  const secondaries = guarded.map((each) => ({ port: each.port }));
  const usher = await startUsher({ port, config: { secondaries, checks: { from: 'live' } } });
  t.after(() => usher.stop());

  for (const { port: bookmarked } of guarded) {
    const start = { port: bookmarked, target: '/docs/page.html?q=%2F' };
    const { stations, status } = await follow(start, { keeps: 'cookies' });
    assert.equal(status, 200);
    assert.equal(stations.length, 4, stations.join('\n'));
    assert.equal(stations[1], `${port} /docs/page.html?q=%2F&usher-through=1`);
    assert.match(stations[3] ?? '', /^\d+ \/docs\/page\.html\?q=%2F$/);

    const without = await follow(start, { keeps: 'no cookies' });
    assert.equal(without.status, 200);
    assert.equal(without.stations.length, 3, without.stations.join('\n'));
  }
});

test('a drained secondary hands its visitor back, his path kept, and keeps him where there is nobody else', async (t) => {
  const { nginx: startGuarded } = guards;
  assert.ok(startGuarded);
  const port = await freePort();
  const [drained, other] = await Promise.all([
    startGuarded(`http://127.0.0.1:${port}`),
    startWebServer((_, response) => response.end('here too')),
  ]);
  t.after(() => Promise.all([drained.stop(), other.stop()]));
  const mine = { id: 'web1', port: drained.port };
  const base = { policy: 'first', checks: { from: 'none' } };
  const both = { ...base, secondaries: [mine, { id: 'web2', port: other.port }] };
  const usher = await startUsher({ port, config: both });
  t.after(() => usher.stop());
  const bookmark = { port: drained.port, target: '/docs/page.html?q=%2F&r=1' };
  const before = await follow(bookmark, { keeps: 'cookies' });
  assert.equal(before.stations.at(-1), `${drained.port} /docs/page.html?q=%2F&r=1`);

  await drained.drain();
  const { stations, status } = await follow(
    { port, target: '/docs/page.html?q=%2F&r=1' },
    { keeps: 'cookies' },
  );
  assert.deepEqual(stations, [
    `${port} /docs/page.html?q=%2F&r=1`,
    `${drained.port} /docs/page.html?q=%2F&r=1`,
    `${port} /.usher/back/web1/docs/page.html?q=%2F&r=1&usher-through=1`,
    `${other.port} /docs/page.html?q=%2F&r=1&usher-through=1`,
  ]);
  assert.equal(status, 200);

  const alone = await startUsher({ port: await freePort(), config: { ...base, secondaries: [mine] } });
  t.after(() => alone.stop());
  const bound = await ask(alone.port, '/docs/page.html');
  const cookie = bound.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const seen = alone.events.length;
  alone.edit({ ...base, secondaries: [{ ...mine, state: 'drain' }] });
  await alone.event('config-loaded', { after: seen });
  const handed = '/.usher/back/web1/docs/page.html?usher-through=1';
  const back = await ask(alone.port, handed, { ...BOOKMARK, cookie });
  assert.equal(back.location, `http://127.0.0.1:${drained.port}/docs/page.html?usher-through=1`);
  const { body } = await ask(drained.port, '/docs/page.html?usher-through=1', { ...BOOKMARK, cookie });
  assert.match(body, /what was wanted/);
});
