import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PoolSnapshot, Standing } from '../../src/model/pool.ts';
import { openDoor, plainSettings } from './a-door.ts';

const HOUR = 3_600_000;

const poolWith = (first: Partial<Standing> & { readonly leaving?: true }): PoolSnapshot => {
  const { leaving, ...more } = first;
  const verdict = { health: 'up', since: 0, passes: 9, fails: 0, flaps: 0 } as const;
  return {
    seq: 1,
    at: 0,
    source: 'cached',
    standings: new Map([
      ['web8086', { id: 'web8086', verdict: { ...verdict, ...(leaving && { leaving }) }, ...more }],
      ['web8087', { id: 'web8087', verdict }],
    ]),
  };
};

const { checks, secondaries } = plainSettings();
const cached = plainSettings({ checks: { ...checks, from: 'cached' } });

const WAYS = {
  'the list says so': {
    settings: {
      ...cached,
      secondaries: secondaries.map((each, at) => (at === 0 ? { ...each, state: 'drain' as const } : each)),
    },
    pool: poolWith({}),
  },
  'it asks for it itself': { settings: cached, pool: poolWith({ load: { at: 0, wish: 'drain' } }) },
  'its ping page is gone': { settings: cached, pool: poolWith({ leaving: true }) },
};

test('an ageing cookie is made new on a secondary that is ready, and he who holds it counts once', async (t) => {
  const time = { ms: 0 };
  const { port, ledger } = await openDoor(t, { fastLane: true, settings: cached, pool: poolWith({}), time });
  const visit = (headers = {}) => fetch(`http://127.0.0.1:${String(port)}/`, { redirect: 'manual', headers });
  const first = await visit();
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  assert.match(cookie, /^usher=web8086\./);
  time.ms = HOUR / 4;
  assert.equal((await visit({ cookie })).headers.get('set-cookie'), null);
  time.ms = (3 * HOUR) / 4;
  const next = (await visit({ cookie })).headers.get('set-cookie');
  assert.match(next ?? '', /^usher=web8086\./);
  assert.deepEqual([ledger.given(0), ledger.replaced(0), ledger.kept(0)], [2, 1, 2]);
});

for (const [name, { settings, pool }] of Object.entries(WAYS)) {
  test(`a secondary that drains because ${name} keeps its visitor and gives him no new cookie`, async (t) => {
    const time = { ms: 0 };
    const ready = await openDoor(t, { fastLane: true, settings: cached, pool: poolWith({}), time });
    const { headers } = await fetch(`http://127.0.0.1:${String(ready.port)}/`, { redirect: 'manual' });
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    assert.match(cookie, /^usher=web8086\./);

    const { port, ledger } = await openDoor(t, { fastLane: true, settings, pool, time });
    const visit = async () => {
      const answer = await fetch(`http://127.0.0.1:${String(port)}/`, {
        redirect: 'manual',
        headers: { cookie },
      });
      const to = URL.parse(answer.headers.get('location') ?? '')?.port;
      return [to, answer.headers.get('set-cookie')?.split('.')[0]];
    };
    for (const part of [0.25, 0.75, 0.99]) {
      time.ms = part * HOUR;
      assert.deepEqual(await visit(), ['8086', undefined]);
    }
    time.ms = HOUR;
    assert.deepEqual(await visit(), ['8087', 'usher=web8087']);
    assert.deepEqual([ledger.given(0), ledger.given(1)], [0, 1]);
  });
}
