import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServer } from './processor-sharing.ts';

const near = (value: number, expected: number): void =>
  assert.ok(Math.abs(value - expected) < 1e-9, `${value} is not ${expected}`);

test('three requests that share one machine are done when paper and pencil say', () => {
  // Speed 1. At 0 a request of 2 s, at 1 one of 0.5 s, at 1.5 one of 1 s.
  // 0 to 1: the first alone, 1 left. 1 to 1.5: two share, 0.75 and 0.25 left. From 1.5 three share: the second is done
  // after 0.75 s at 2.25, then 0.5 and 0.75 are left to two: the first is done at 3.25, the last, alone, at 3.5.
  const server = createServer(1);
  server.advance(0);
  server.begin(1, 2);
  server.advance(1);
  server.begin(2, 0.5);
  server.advance(1.5);
  server.begin(3, 1);
  const order: [number, number][] = [];
  while (server.running() > 0) {
    const at = server.nextDone();
    server.advance(at);
    order.push([server.finish(), at]);
  }
  assert.deepEqual(
    order.map(([job]) => job),
    [2, 1, 3],
  );
  near(order[0]![1], 2.25);
  near(order[1]![1], 3.25);
  near(order[2]![1], 3.5);
  near(server.busySeconds(), 3.5);
});

test('a machine that becomes slower half-way takes as long as what is left', () => {
  const server = createServer(2);
  server.advance(0);
  server.begin(1, 4);
  server.advance(1);
  server.setSpeed(0.5);
  near(server.nextDone(), 5);
});

test('a request gets no more than one core', () => {
  const server = createServer(4, 4);
  server.advance(0);
  server.begin(1, 1);
  near(server.nextDone(), 1);
  for (let job = 2; job <= 8; job += 1) server.begin(job, 1);
  near(server.nextDone(), 2);
});

test('an idle machine is never done and never busy', () => {
  const server = createServer(1);
  server.advance(10);
  assert.equal(server.nextDone(), Infinity);
  assert.equal(server.busySeconds(), 0);
});
