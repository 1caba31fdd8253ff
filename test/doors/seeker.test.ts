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
