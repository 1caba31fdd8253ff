import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/journal.ts';
import { watchConnections } from '../../src/primary/watch-connections.ts';

test('that connections grow scarce is told before there are none, and again once they were not', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const told: Event[] = [];
  let now = 0;
  const watch = watchConnections({
    most: 1000,
    mostFiles: 1100,
    open: () => now,
    journal: (event) => told.push(event),
  });
  t.after(watch.stop);
  const after = (open: number): Event[] => {
    now = open;
    t.mock.timers.tick(1000);
    return told.splice(0);
  };
  assert.deepEqual(after(799), []);
  assert.deepEqual(after(800), [{ type: 'connections-scarce', open: 800, most: 1000 }]);
  assert.deepEqual([after(1000), after(700), after(900)], [[], [], []]);
  assert.deepEqual(after(100), []);
  assert.deepEqual(after(850), [{ type: 'connections-scarce', open: 850, most: 1000 }]);
});

test('a start tells where the system lets only few connections be open', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const told: Event[] = [];
  for (const [most, mostFiles] of [
    [77, 150],
    [50_000, 524_288],
    [999, undefined],
  ] as const) {
    const journal = (event: Event) => told.push(event);
    watchConnections({ most, mostFiles, open: () => 0, journal }).stop();
  }
  assert.deepEqual(told, [{ type: 'connections-few', most: 77, files: 150 }]);
});
