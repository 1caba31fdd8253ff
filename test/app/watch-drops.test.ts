import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/journal.ts';
import { watchDrops } from '../../src/primary/watch-drops.ts';

test('connections that were closed unheard are told at once, and of more once a minute how many there were since', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const told: Event[] = [];
  let dropped = 3;
  const watch = watchDrops({ dropped: () => dropped, journal: (event) => told.push(event) });
  t.mock.timers.tick(60_000);
  assert.deepEqual(told, []);
  dropped = 10;
  t.mock.timers.tick(1000);
  assert.deepEqual(told.splice(0), [{ type: 'connections-dropped', count: 7 }]);
  dropped = 12;
  t.mock.timers.tick(59_000);
  assert.deepEqual(told, []);
  dropped = 15;
  t.mock.timers.tick(1000);
  assert.deepEqual(told.splice(0), [{ type: 'connections-dropped', count: 5 }]);
  dropped = 16;
  watch.stop();
  t.mock.timers.tick(120_000);
  assert.deepEqual(told, []);
});
