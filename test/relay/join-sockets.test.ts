import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { joinSockets } from '../../src/relay/join-sockets.ts';
import { connection } from './connection.ts';

const passage = { take: (bytes: number) => ({ bytes, waitMs: 0 }) };

for (const who of ['visitor', 'secondary'] as const) {
  test(`joined sockets both end when the ${who} resets his, and nothing is thrown`, async (t) => {
    const visitor = await connection(t);
    const secondary = await connection(t);
    const joined = joinSockets(visitor.near, secondary.near, { passage, idleMs: 60_000 });
    secondary.far.write('hello');
    await once(visitor.far, 'data');
    (who === 'visitor' ? visitor : secondary).far.resetAndDestroy();
    assert.equal(await joined, 5);
    assert.deepEqual([visitor.near.destroyed, secondary.near.destroyed], [true, true]);
  });
}

for (const who of ['visitor', 'secondary'] as const) {
  test(`when the ${who} has ended, the other may say his last words, and is cut if he never ends`, async (t) => {
    const visitor = await connection(t);
    const secondary = await connection(t);
    const joint = { passage, idleMs: 60_000, lastWordsMs: 100 };
    const joined = joinSockets(visitor.near, secondary.near, joint);
    const [leaving, staying] = who === 'visitor' ? [visitor, secondary] : [secondary, visitor];
    leaving.far.end();
    const heard = once(leaving.far, 'data');
    staying.far.write('bye');
    assert.equal(String((await heard)[0]), 'bye');
    assert.equal(await joined, who === 'visitor' ? 3 : 0);
    assert.deepEqual([visitor.near.destroyed, secondary.near.destroyed], [true, true]);
  });
}

test('joined sockets end when neither says anything for long enough, and not before', async (t) => {
  const visitor = await connection(t);
  const secondary = await connection(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const joined = joinSockets(visitor.near, secondary.near, { passage, idleMs: 60_000 });
  t.mock.timers.tick(59_999);
  assert.deepEqual([visitor.near.destroyed, secondary.near.destroyed], [false, false]);
  t.mock.timers.tick(1);
  assert.deepEqual([visitor.near.destroyed, secondary.near.destroyed], [true, true]);
  assert.equal(await joined, 0);
});

test('joined sockets end in the same way when the visitor had ended before they were joined', async (t) => {
  const visitor = await connection(t);
  const secondary = await connection(t);
  visitor.far.end();
  await once(visitor.near, 'end');
  const joined = joinSockets(visitor.near, secondary.near, { passage, idleMs: 60_000 });
  const heard = once(visitor.far, 'data');
  secondary.far.resume();
  await once(secondary.far, 'end');
  secondary.far.end('bye');
  assert.equal(String((await heard)[0]), 'bye');
  assert.equal(await joined, 3);
  assert.deepEqual([visitor.near.destroyed, secondary.near.destroyed], [true, true]);
});
