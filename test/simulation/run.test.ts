import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leastWithOwn } from './peers/least-of-file.ts';
import { liveShortestDelay } from './peers/live.ts';
import { random, weightedRandom } from './peers/random.ts';
import { smoothTurns } from './peers/smooth-turns.ts';
import { paretoMean } from './random.ts';
import { run } from './run.ts';
import type { Scenario } from './scenario.ts';
import { drawVisitors, meanRequests, REQUESTS, SIZE, workOfSession } from './visitors.ts';

const ONE = { alpha: 1, least: 1, most: 1 };

const scenario = (over: Partial<Scenario>): Scenario => ({
  title: 'test',
  speeds: [2, 1, 0.5],
  traffic: { rate: 2, requests: REQUESTS, think: 8, size: SIZE },
  every: 40,
  dispatchers: [1],
  warmUp: 50,
  end: 300,
  ...over,
});

for (const load of [0.5, 0.75])
  test(`one machine at load ${load} slows requests by 1 / (1 - load), as theory has it for M/G/1-PS`, () => {
    const size = { alpha: 2.2, least: 0.05, most: 10 };
    const traffic = { rate: load / paretoMean(size), requests: ONE, think: 1, size };
    const alone = scenario({ speeds: [1], traffic, warmUp: 500, end: 30_000 });
    const visitors = drawVisitors(traffic, alone.end, 5);
    const { mean, requests } = run({ scenario: alone, rule: random, visitors, seed: 5 });
    const theory = 1 / (1 - load);
    assert.ok(requests > 100_000);
    assert.ok(Math.abs(mean / theory - 1) < 0.04, `${mean} beside ${theory}`);
  });

test('a machine of double speed answers a lone request in half the time', () => {
  const traffic = { rate: 0.001, requests: ONE, think: 1, size: SIZE };
  const fast = scenario({ speeds: [2], traffic, warmUp: 0, end: 100_000 });
  const { mean } = run({
    scenario: fast,
    rule: random,
    visitors: drawVisitors(traffic, 100_000, 1),
    seed: 1,
  });
  assert.ok(Math.abs(mean - 0.5) < 1e-3);
});

test('the same seed gives the same run, another seed another', () => {
  const twice = [1, 1, 2].map((seed) => {
    const visitors = drawVisitors(scenario({}).traffic, 300, seed);
    return run({ scenario: scenario({}), rule: weightedRandom, visitors, seed });
  });
  assert.deepEqual(twice[0], twice[1]);
  assert.notDeepEqual(twice[0], twice[2]);
});

test('every rule is shown the same visitors, and every request that comes in time is answered', () => {
  const calm = scenario({ warmUp: 0, end: 4000, traffic: { ...scenario({}).traffic, rate: 0.5 } });
  const visitors = drawVisitors(calm.traffic, 300, 3);
  for (const rule of [weightedRandom, smoothTurns, liveShortestDelay, leastWithOwn('sessions')])
    assert.equal(run({ scenario: calm, rule, visitors, seed: 3 }).requests, visitors.size.length, rule.title);
});

test('sessions bring the work that the law of their visitors says', () => {
  const { traffic } = scenario({});
  const visitors = drawVisitors(traffic, 20_000, 4);
  const perSession = visitors.size.length / visitors.count;
  assert.ok(Math.abs(perSession / meanRequests(REQUESTS) - 1) < 0.03);
  const work = visitors.size.reduce((sum, size) => sum + size, 0) / visitors.count;
  assert.ok(Math.abs(work / workOfSession(traffic) - 1) < 0.03);
  assert.ok(Math.abs(visitors.count / 20_000 / traffic.rate - 1) < 0.03);
});

test('who comes back brings as much again, to the secondary that he had', () => {
  const traffic = { ...scenario({}).traffic, returns: { chance: 0.5, after: 500 } };
  const visitors = drawVisitors(traffic, 20_000, 4);
  const work = visitors.size.reduce((sum, size) => sum + size, 0) / visitors.count;
  assert.ok(Math.abs(work / workOfSession(traffic) - 1) < 0.04, String(work / workOfSession(traffic)));
  assert.ok(Math.abs(workOfSession(traffic) / workOfSession(scenario({}).traffic) - 2) < 1e-9);

  const calm = scenario({ end: 20_000, traffic: { ...traffic, rate: 0.02 } });
  let chosen = 0;
  let begun = 0;
  const few = drawVisitors(calm.traffic, 10_000, 4);
  run({
    scenario: calm,
    rule: {
      title: 'counts',
      start: ({ farm }) => ({
        choose: () => {
          chosen += 1;
          return 1;
        },
        refreshed: (now) => (begun = farm.row(1, now).started),
      }),
    },
    visitors: few,
    seed: 4,
  });
  assert.equal(chosen, few.count);
  assert.ok(begun / chosen > 1.7 && begun / chosen < 2.3, `${begun} stays of ${chosen} visitors`);
});

test('a machine that answers errors counts them as answers only where it is told to', () => {
  const counted = [false, true].map((countsErrors) => {
    let last = { done: 0, errors: 0 };
    const failing = scenario({ countsErrors, acts: [{ at: 0.001, server: 1, what: 'fail' }] });
    run({
      scenario: failing,
      rule: {
        title: 'listens',
        start: () => ({
          choose: () => 1,
          learn: (server, row) => {
            if (server === 1) last = row;
          },
        }),
      },
      visitors: drawVisitors(failing.traffic, 300, 6),
      seed: 6,
    });
    return [last.done > 0, last.errors > 0];
  });
  assert.deepEqual(counted, [
    [false, true],
    [true, false],
  ]);
});

test('bursts change when visitors come, not how many', () => {
  const bursts = { high: 4, highFor: 12, low: 0.5, lowFor: 60 };
  const { count } = drawVisitors({ ...scenario({}).traffic, bursts }, 50_000, 4);
  assert.ok(Math.abs(count / 50_000 / 2 - 1) < 0.06, String(count));
});

test('visitors sent to a dead secondary are lost until the file says so', () => {
  const dying = scenario({ acts: [{ at: 105, server: 0, what: 'die' }] });
  const visitors = drawVisitors(dying.traffic, 300, 6);
  const { lost } = run({ scenario: dying, rule: smoothTurns, visitors, seed: 6 });
  // 15 s to the next file, 2 visitors a second, 4 of 7 go there: about 17
  assert.equal(lost.length, 1);
  assert.ok(lost[0]! > 5 && lost[0]! < 35, String(lost));
});

test('a report with a number that is none is no report', () => {
  const seen: number[] = [];
  const garbled = scenario({
    tells: (server, row) => (server === 0 ? { ...row, running: NaN } : row),
  });
  run({
    scenario: garbled,
    rule: {
      title: 'listens',
      start: () => ({ choose: () => 1, learn: (server) => void seen.push(server) }),
    },
    visitors: drawVisitors(garbled.traffic, 300, 6),
    seed: 6,
  });
  assert.ok(seen.includes(1) && !seen.includes(0));
});
