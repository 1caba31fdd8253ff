import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeeker } from '../../src/doors/acme/seeker.ts';
import { networkOf } from '../../src/model/network.ts';

const stranger = networkOf('203.0.113.7');
const authority = networkOf('198.51.100.1');
const host = 'www.example.org';

test('a stranger who names tokens without end is refused, and the authority is not', async () => {
  let nowMs = 0;
  const seek = createSeeker({
    places: ['http://127.0.0.1:8086'],
    ask: () => Promise.resolve(undefined),
    clock: { now: () => nowMs },
  });
  const strange: unknown[] = [];
  const others: unknown[] = [];
  for (let n = 0; n < 400; n += 1) {
    nowMs += 250;
    strange.push(await seek({ token: `strange-${String(n)}`, host }, stranger));
    if (n % 50 === 49) others.push(await seek({ token: `wanted-${String(n)}`, host }, authority));
  }
  assert.deepEqual(
    others,
    Array.from({ length: 8 }, () => 'none'),
  );
  assert.equal(strange.at(-2), 'busy');
  assert.ok(strange.filter((each) => each === 'none').length <= 170);
});

test('all networks together are refused as well: the secondaries are not asked without end', async () => {
  const seek = createSeeker({
    places: ['http://127.0.0.1:8086'],
    ask: () => Promise.resolve(undefined),
    clock: { now: () => 0 },
  });
  let sought = 0;
  for (let n = 0; n < 2000; n += 1) {
    const network = networkOf(`10.${String(n >> 8)}.${String(n & 255)}.1`);
    if ((await seek({ token: `t${String(n)}`, host }, network)) === 'none') sought += 1;
  }
  assert.ok(sought < 1000, String(sought));
});

test('no more tokens are remembered than one authority can ask for', async () => {
  let nowMs = 0;
  const seek = createSeeker({
    places: ['http://127.0.0.1:8086'],
    ask: () => Promise.resolve('found'),
    clock: { now: () => nowMs },
  });
  const seekAll = async (round: string): Promise<number> => {
    let found = 0;
    for (let n = 0; n < 300; n += 1) {
      const by = networkOf(`10.0.${String(n)}.1`);
      if ((await seek({ token: `${round}${String(n)}`, host }, by)) !== 'busy') found += 1;
    }
    return found;
  };
  assert.equal(await seekAll('a'), 256);
  nowMs += 60_000;
  assert.equal(await seekAll('b'), 256, 'those of before have gone');
});

test('of networks without end only the last thousand are remembered', async () => {
  for (const [others, leftFor] of [
    [1000, ['none', 'busy']],
    [1024, ['none', 'none']],
  ] as const) {
    let nowMs = 0;
    const seek = createSeeker({
      places: ['http://127.0.0.1:8086'],
      ask: () => Promise.resolve(undefined),
      clock: { now: () => nowMs },
    });
    for (let n = 0; n < 120; n += 1) await seek({ token: `own-${String(n)}`, host }, stranger);
    for (let n = 0; n < others; n += 1) {
      await seek({ token: `t${String(n)}`, host }, networkOf(`10.${String(n >> 8)}.${String(n & 255)}.1`));
    }
    // what was sought is forgotten, and one more is left to him, if his network still is known
    nowMs += 2000;
    const more = ['more-1', 'more-2'].map((token) => ({ token, host }));
    const sought: unknown[] = [];
    for (const wanted of more) sought.push(await seek(wanted, stranger));
    assert.deepEqual(sought, leftFor, String(others));
  }
});
