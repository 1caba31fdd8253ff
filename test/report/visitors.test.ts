import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { createVisitors } from '../../src/report/visitors.ts';

/** Visits at their times, answered at once. */
const visit = (visitors: ReturnType<typeof createVisitors>, who: string, at: number): void =>
  visitors.go(visitors.come(who, at), at);

test('a session lasts until 30 s after its last answer', () => {
  const visitors = createVisitors();
  visit(visitors, 'a', 0);
  visit(visitors, 'a', 20_000);
  visit(visitors, 'b', 20_000);
  assert.deepEqual([visitors.sessions(50_000), visitors.started()], [2, 2]);
  assert.equal(visitors.sessions(50_001), 0);
  visit(visitors, 'a', 60_000);
  assert.deepEqual([visitors.sessions(60_000), visitors.started()], [1, 3]);
});

test('a visitor who is back after his session begins a new one, also when nobody asked meanwhile', () => {
  const visitors = createVisitors();
  visit(visitors, 'a', 0);
  visit(visitors, 'a', 30_000);
  assert.equal(visitors.started(), 1);
  visit(visitors, 'a', 60_001);
  assert.equal(visitors.started(), 2);
});

test('a session does not end while an answer is under way', () => {
  const visitors = createVisitors();
  const long = visitors.come('a', 0);
  assert.equal(visitors.sessions(100_000), 1);
  visit(visitors, 'a', 100_000);
  visitors.go(long, 120_000);
  assert.deepEqual([visitors.sessions(150_000), visitors.started()], [1, 1]);
  assert.equal(visitors.sessions(150_001), 0);
});

test('up to the most that are remembered, the counts are those of a full list', () => {
  const visits = fc.array(fc.tuple(fc.nat(20), fc.nat(8_000)), { maxLength: 100 });
  fc.assert(
    fc.property(visits, (steps) => {
      const visitors = createVisitors(100);
      const seen = new Map<number, number>();
      let at = 0;
      let started = 0;
      for (const [who, pause] of steps) {
        at += pause;
        if (at - (seen.get(who) ?? -Infinity) > 30_000) started += 1;
        seen.set(who, at);
        visit(visitors, String(who), at);
        assert.equal(visitors.started(), started);
        assert.equal(visitors.sessions(at), [...seen.values()].filter((last) => at - last <= 30_000).length);
      }
    }),
  );
});

const near = (told: number, real: number, part: number): void => {
  assert.ok(Math.abs(told - real) <= part * real, `${told} told, ${real} real`);
};

test('ten times as many visitors as can be remembered are estimated', () => {
  const visitors = createVisitors(10_000);
  let at = 0;
  for (let who = 0; who < 100_000; who += 1) {
    at = who / 10;
    visit(visitors, String(who), at);
  }
  // one in 16 is looked at: the error of such a sample is 1.2 %
  near(visitors.sessions(at), 100_000, 0.08);
  near(visitors.started(), 100_000, 0.08);
});

test('after a rush the counts become exact again, and nobody counts as new who was there', () => {
  const visitors = createVisitors(1_000);
  const regulars = Array.from({ length: 100 }, (_, who) => `regular${who}`);
  for (let who = 0; who < 20_000; who += 1) visit(visitors, `rush${who}`, who / 10);
  for (const who of regulars) visit(visitors, who, 5_000);
  const after = visitors.started();
  near(after, 20_100, 0.25);
  for (let at = 15_000; at < 400_000; at += 10_000) {
    for (const who of regulars) visit(visitors, who, at);
    visitors.sessions(at);
  }
  assert.equal(visitors.sessions(395_000), 100);
  assert.equal(visitors.started(), after);
  visit(visitors, 'new', 395_000);
  assert.deepEqual([visitors.sessions(395_000), visitors.started()], [101, after + 1]);
});

test('visitors cannot fill the memory, whatever they call themselves', () => {
  const visitors = createVisitors(1_000);
  const open = Array.from({ length: 50_000 }, (_, who) => visitors.come(`${'x'.repeat(500)}${who}`, 0));
  near(visitors.sessions(0), 50_000, 0.35);
  for (const mark of open) visitors.go(mark, 0);
  assert.equal(visitors.sessions(30_001), 0);
});
