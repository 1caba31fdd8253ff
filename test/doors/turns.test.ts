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

test('visitors who come in turn by IPv4 and by IPv6 take turns among those whom each reaches', async (t) => {
  const [one, other] = plainSettings().secondaries;
  assert.ok(one !== undefined && other !== undefined);
  const bare = [
    { ...one, address: { kind: 'own', origin: 'http://192.0.2.1' } as const },
    { ...other, address: { kind: 'own', origin: 'http://192.0.2.2' } as const },
    { ...one, id: 'named', address: { kind: 'own', origin: 'http://both.example.org' } as const },
    { ...one, id: 'v6', address: { kind: 'own', origin: 'http://[2001:db8::2]' } as const },
  ];
  const { port } = await openDoor(t, {
    fastLane: false,
    settings: { ...settings, affinity: false, trustProxies: ['127.0.0.1/32'], secondaries: bare },
  });
  const sent: string[] = [];
  for (let nth = 0; nth < 12; nth += 1) {
    const headers = { 'x-forwarded-for': nth % 2 === 0 ? '198.51.100.7' : '2001:db8:7::7' };
    const answer = await fetch(`http://127.0.0.1:${String(port)}/`, { headers, redirect: 'manual' });
    sent.push(new URL(answer.headers.get('location') ?? '').hostname);
  }
  const [v4, v6] = [0, 1].map((family) => sent.filter((_, nth) => nth % 2 === family));
  const three = ['192.0.2.1', '192.0.2.2', 'both.example.org'];
  assert.deepEqual(v4, [...three, ...three]);
  const two = ['both.example.org', '[2001:db8::2]'];
  assert.deepEqual(v6, [...two, ...two, ...two]);
});

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
