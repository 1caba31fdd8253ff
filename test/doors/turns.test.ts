import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBook } from '../../src/dispatch/ledger/book.ts';
import { explainVisit } from '../../src/doors/why/explain.ts';
import { nothingKnown } from '../../src/model/pool.ts';
import { seededDice } from '../../src/replay/seeded-dice.ts';
import { openDoor, plainSettings } from './a-door.ts';

const policy = { name: 'round-robin', options: {} };
const delivery = { name: 'redirect', options: {} };
const entrance = { policy, checks: 'none', delivery, affinity: false } as const;
const settings = plainSettings({
  policy,
  entrances: new Map([
    ['/one', entrance],
    ['/other', entrance],
  ]),
});

for (const fastLane of [true, false]) {
  const by = fastLane ? 'the fast lane' : "Node's HTTP";
  test(`visitors who come in turn by two entrances with round-robin take turns at each (${by})`, async (t) => {
    const { port } = await openDoor(t, { fastLane, settings });
    const sent = new Map<string, string[]>();
    for (const path of ['/', '/one', '/other', '/one', '/', '/other', '/', '/one', '/other', '/']) {
      const answer = await fetch(`http://127.0.0.1:${String(port)}${path}`, { redirect: 'manual' });
      const to = new URL(answer.headers.get('location') ?? '').port;
      sent.set(path, [...(sent.get(path) ?? []), to]);
    }
    assert.deepEqual(Object.fromEntries(sent), {
      '/': ['8086', '8087', '8086', '8087'],
      '/one': ['8086', '8087', '8086'],
      '/other': ['8086', '8087', '8086'],
    });
  });
}

test('whom round-robin would send a visitor to is explained by the tickets of his entrance', async () => {
  const { slots, ledger } = openBook(settings.secondaries, { threads: 1, now: 0 });
  const explained = async (path: string): Promise<string | undefined> => {
    const told = await explainVisit(
      { path, from: '203.0.113.9' },
      {
        ...{ settings, slots, ledger },
        nextTicket: (way) => (way === 1 ? 5 : 8),
        known: () => Promise.resolve({ snapshot: nothingKnown('none'), words: '' }),
        clock: { now: () => 0, wall: () => 0 },
        dice: seededDice(1),
      },
    );
    return 'secondary' in told ? told.secondary : undefined;
  };
  assert.deepEqual(await Promise.all(['/', '/one?a=b', '/other', '/x'].map(explained)), [
    ...['web8086', 'web8087'],
    ...['web8086', 'web8086'],
  ]);
});
