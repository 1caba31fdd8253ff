import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startUsher } from '../outside/usher.ts';
import { freePort } from '../real/tcp-server.ts';
import { ask, BOOKMARK } from './ask.ts';
import { guards } from './guards.ts';

/** The stations of a visitor who follows redirects, as `port target`, and the last answer. */
const follow = async (
  start: { readonly port: number; readonly target: string },
  { keeps }: { readonly keeps: 'cookies' | 'no cookies' },
): Promise<{ readonly stations: readonly string[]; readonly status: number }> => {
  const stations: string[] = [];
  let { port, target } = start;
  let cookie = '';
  for (;;) {
    stations.push(`${port} ${target}`);
    const { status, location, headers } = await ask(port, target, {
      ...BOOKMARK,
      ...(cookie === '' ? {} : { cookie }),
    });
    if (keeps === 'cookies') cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? cookie;
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
