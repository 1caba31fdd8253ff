import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/journal.ts';
import { watchDrops } from '../../src/primary/watch-drops.ts';

test('connections that were closed unheard are told with how many there were since, and only if there were any', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const told: Event[] = [];
  let dropped = 3;
  const watch = watchDrops({ dropped: () => dropped, journal: (event) => told.push(event) });
  t.mock.timers.tick(60_000);
  assert.deepEqual(told, []);
  dropped = 10;
  t.mock.timers.tick(59_000);
  assert.deepEqual(told, []);
  t.mock.timers.tick(61_000);
  assert.deepEqual(told, [{ type: 'connections-dropped', count: 7 }]);
  dropped = 11;
  watch.stop();
  t.mock.timers.tick(60_000);
  assert.equal(told.length, 1);
});
