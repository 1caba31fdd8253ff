import assert from 'node:assert/strict';
import { test } from 'node:test';
import { once } from '../../src/once.ts';

test('a thing is made at the first use and kept, even if it is undefined', () => {
  let made = 0;
  const get = once(() => {
    made += 1;
  });
  assert.equal(made, 0);
  get();
  get();
  assert.equal(made, 1);
});

test('what failed is made anew at the next use: thrown or rejected', async () => {
  let tries = 0;
  const flaky = once(() => {
    tries += 1;
    if (tries < 3) throw new Error(`try ${tries}`);
    return tries;
  });
  assert.throws(flaky, /try 1/);
  assert.throws(flaky, /try 2/);
  assert.deepEqual([flaky(), flaky()], [3, 3]);

  let asked = 0;
  const late = once(async () => {
    asked += 1;
    await Promise.resolve();
    if (asked === 1) throw new Error('not yet');
    return asked;
  });
  const [one, other] = [late(), late()];
  await assert.rejects(one, /not yet/);
  await assert.rejects(other, /not yet/);
  assert.deepEqual([await late(), await late()], [2, 2]);
});
