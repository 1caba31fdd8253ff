import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/journal.ts';
import { watchConnections } from '../../src/primary/watch-connections.ts';

test('that connections grow scarce is told before there are none, and again once they were not', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const told: Event[] = [];
  let most = 1000;
  let now = 0;
  const watch = watchConnections({
    most: () => most,
    mostFiles: 2000,
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
  assert.deepEqual([after(1000), after(600), after(900)], [[], [], []]);
  assert.deepEqual(after(599), []);
  assert.deepEqual(after(850), [{ type: 'connections-scarce', open: 850, most: 1000 }]);
  most = 2000;
  assert.deepEqual([after(1199), after(1599)], [[], []]);
  assert.deepEqual(after(1600), [{ type: 'connections-scarce', open: 1600, most: 2000 }]);
});

test('a start tells where the system lets only few connections be open', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const told: Event[] = [];
  for (const [most, mostFiles] of [
    [77, 150],
    [50_000, 524_288],
    [999, undefined],
    [999, 2000],
    [1000, 2000],
  ] as const) {
    const journal = (event: Event) => told.push(event);
    watchConnections({ most: () => most, mostFiles, open: () => 0, journal }).stop();
  }
  assert.deepEqual(told, [
    { type: 'connections-few', most: 77, files: 150 },
    { type: 'connections-few', most: 999, files: 2000 },
  ]);
});

test('that a reload lets only few be open is told once', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const told: Event[] = [];
  let most = 1000;
  const journal = (event: Event) => told.push(event);
  const watch = watchConnections({ most: () => most, mostFiles: 1100, open: () => 0, journal });
  t.after(watch.stop);
  const few = [1000, 366, 365, 1000, 366].map((next) => {
    most = next;
    t.mock.timers.tick(1000);
    return told.splice(0).length;
  });
  assert.deepEqual(few, [0, 1, 0, 0, 1]);
});
