import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LoadReport } from '../../src/model/load-report.ts';
import { believe } from '../../src/policies/balance/believe.ts';
import { learn } from '../../src/policies/balance/learn.ts';
import { weightedMedian } from '../../src/policies/balance/median.ts';
import { emptyMemory, type Memory } from '../../src/policies/balance/memory.ts';
import { remember } from '../../src/policies/balance/remember.ts';
import { emptyCounts, primaryOf, sendTo, tally, type Primary } from './believed.ts';
import { countVisitor } from '../../src/policies/balance/fading.ts';

type Load = Omit<LoadReport, 'at'>;

/** Sends so many visitors to each and then hears what they say. */
const afterSending = (each: number, loads: readonly (Load | undefined)[]): Primary => {
  const primary = primaryOf(loads.map(() => 1));
  sendTo(
    primary.counts[0]!,
    10_000,
    loads.map(() => each),
  );
  primary.hear(12_000, loads);
  return primary;
};

const held = (primary: Primary, slot: number): number => primary.beliefs().get(`web${slot}`)!.sessions;
const capacity = (primary: Primary, slot: number): number => primary.beliefs().get(`web${slot}`)!.capacity;

/** Reports of machines that complete so many requests in a busy second, one every 40 s; ten for each visitor. */
const work = (primary: Primary, speeds: readonly number[], reports: { from: number; to: number }): void => {
  for (let report = reports.from; report < reports.to; report += 1) {
    const visitors = speeds.map((speed) => speed * 3);
    sendTo(primary.counts[0]!, report * 40_000 - 20_000, visitors);
    primary.hear(
      report * 40_000,
      speeds.map((speed) => ({ busySeconds: report * 30, done: report * 30 * speed, running: 3 })),
    );
  }
};

describe('what is believed', () => {
  it('a secondary that says it is empty, after as many visitors as the others, is as full as they', () => {
    const primary = afterSending(100, [
      { sessions: 0 },
      { sessions: 110 },
      { sessions: 95 },
      { sessions: 100 },
    ]);
    assert.ok(held(primary, 0) > 80, String(held(primary, 0)));
    assert.ok(Math.abs(held(primary, 1) - 110) < 1);
  });

  // Visitors who come back by their cookies are in the others' reports, and in nobody's count.
  it('one that is new, to whom nobody returns yet, is no liar; an hour later he is', () => {
    const primary = primaryOf([1, 1, 1, 1]);
    const tell = (report: number, told: number): number => {
      sendTo(primary.counts[0]!, report * 60_000 - 30_000, [60, 60, 60, 60]);
      const usual = { sessions: 250, started: report * 120 };
      primary.hear(report * 60_000, [{ sessions: told, started: report * 60 }, usual, usual, usual]);
      return held(primary, 0);
    };
    for (let report = 1; report < 50; report += 1) assert.equal(Math.round(tell(report, 80)), 80);
    assert.ok(tell(50, 10) > 200, 'who says that not even those who came are there');
    for (let report = 51; report < 70; report += 1) tell(report, 80);
    assert.ok(tell(70, 80) > 200);
    for (let report = 75; report < 80; report += 1)
      assert.equal(Math.round(tell(report, 80)), 80, 'it is back');
  });

  it('what a report says fades by the age that it had when it was read', () => {
    const heldAt = (ageMs: number): readonly number[] => {
      const primary = primaryOf([1, 1]);
      const old = { at: 100_000 - ageMs, sessions: 100, running: 10 };
      primary.hear(100_000, [old, { ...old, running: 0 }]);
      const { sessions, excess } = primary.beliefs().get('web0')!;
      return [sessions, excess];
    };
    const [sessions, excess] = heldAt(0);
    const [olderSessions, olderExcess] = heldAt(10_000);
    assert.deepEqual([sessions, excess], [100, 5]);
    assert.ok(Math.abs(olderSessions! - 100 * Math.exp(-1 / 6)) < 1e-9);
    assert.ok(Math.abs(olderExcess! - 5 * Math.exp(-1)) < 1e-9);
  });

  it('short sessions are no lie when all have them', () => {
    const primary = afterSending(100, [{ sessions: 3 }, { sessions: 5 }, { sessions: 4 }]);
    assert.deepEqual(
      [0, 1, 2].map((slot) => Math.round(held(primary, slot))),
      [3, 5, 4],
    );
  });

  it('a thousand million sessions are not told, six times the fair part is the most', () => {
    const usual = { sessions: 100 };
    const primary = afterSending(100, [{ sessions: 1e9 }, { sessions: 1000 }, usual, usual, usual]);
    assert.equal(held(primary, 0), 0);
    assert.equal(primary.beliefs().get('web0')!.slowBefore, 0);
    assert.ok(Math.abs(held(primary, 1) - 620) < 1, String(held(primary, 1)));
  });

  it('a missing number is not 0: whoever does not tell has a fair run queue and is judged by own visitors', () => {
    const primary = afterSending(100, [{}, { sessions: 100, running: 2 }, { sessions: 100, running: 4 }]);
    const belief = primary.beliefs().get('web0')!;
    assert.equal(belief.excess, 0);
    assert.equal(belief.slowBefore, 0);
    assert.ok(Math.abs(belief.outlook.perVisitor - 1) < 0.1);
  });

  it('sessions that are kept for half an hour say nothing of who is there', () => {
    const primary = primaryOf([1, 1]);
    for (let report = 1; report < 100; report += 1) {
      const load = { sessions: Math.min(1800, report * 10), started: report * 10 };
      primary.hear(report * 10_000, [load, { ...load, sessions: load.sessions / 3 }]);
    }
    assert.equal(held(primary, 0), 0);
    assert.equal(held(primary, 1), 0);
  });

  it('a run queue longer than the others is an excess, a shorter one a lack, and they make up for each other', () => {
    const primary = afterSending(10, [{ running: 9 }, { running: 0 }, { running: 3 }]);
    const excess = [0, 1, 2].map((slot) => Math.round(primary.beliefs().get(`web${slot}`)!.excess));
    assert.deepEqual(excess, [5, -4, -1]);
  });

  it('where only answers are timed, a long way is not a load, but a longer time than usual is', () => {
    const primary = primaryOf([1, 1]);
    for (let report = 1; report < 50; report += 1)
      primary.hear(report * 2000, [{ answerMs: 1 }, { answerMs: 30 }]);
    assert.ok(Math.abs(primary.beliefs().get('web1')!.excess) < 0.01);
    primary.hear(100_000, [{ answerMs: 5 }, { answerMs: 30 }]);
    assert.ok(primary.beliefs().get('web0')!.excess > 1);
  });

  it('a machine twice as fast as configured gets twice the capacity, one at a third gets a third', () => {
    const primary = primaryOf([1, 1, 1, 1, 1]);
    work(primary, [20, 10, 10, 10, 10 / 3], { from: 0, to: 20 });
    const [fast, usual, , , slow] = [0, 1, 2, 3, 4].map((slot) => capacity(primary, slot));
    assert.ok(Math.abs(fast! - 2) < 0.1 && Math.abs(usual! - 1) < 1e-9 && Math.abs(slow! - 1 / 3) < 0.03);
  });

  // A machine whose thirty thumbnails a second were counted with what visitors asked for passed for four times as fast as
  // it was, and half of all visitors went there.
  it('many requests for few of our visitors are those of strangers, or lies: nobody is faster by them', () => {
    const capacitiesOf = (claims: readonly number[], visitors: readonly number[]): readonly number[] => {
      const primary = primaryOf(claims.map(() => 1));
      for (let report = 0; report < 20; report += 1) {
        sendTo(primary.counts[0]!, report * 40_000 - 20_000, visitors);
        primary.hear(
          report * 40_000,
          claims.map((speed) => ({ busySeconds: report * 30, done: report * 30 * speed, running: 3 })),
        );
      }
      return claims.map((_, slot) => capacity(primary, slot));
    };
    const even = [30, 30, 30, 30];
    for (const claim of [20, 50, 1000]) {
      assert.deepEqual(capacitiesOf([claim, 10, 10, 10], even), [1, 1, 1, 1], `${claim} of four`);
      const [liar, honest] = capacitiesOf([claim, 10], even.slice(2));
      assert.ok(liar! <= 1 && honest! >= 0.75, `${claim} of two: ${liar}, ${honest}`);
    }
    assert.deepEqual(capacitiesOf([20, 10, 10, 10], [0, 0, 0, 0]), [1, 1, 1, 1], 'none of ours');
    const [both] = capacitiesOf([40, 10, 10, 10], [60, 30, 30, 30]);
    assert.ok(Math.abs(both! - 2) < 0.2, `twice as fast, and has strangers besides: ${both}`);
  });

  it('the requests of strangers are taken out of a speed as a whole, once they are plain to see', () => {
    const primary = primaryOf([1, 1, 1, 1]);
    for (let report = 0; report < 5; report += 1) {
      sendTo(primary.counts[0]!, report * 40_000 - 20_000, [60, 30, 30, 30]);
      const load = (speed: number): Load => ({
        busySeconds: report * 30,
        done: report * 30 * speed,
        running: 3,
      });
      primary.hear(report * 40_000, [load(40), load(10), load(10), load(10)]);
    }
    assert.ok(capacity(primary, 0) > 1.9 && capacity(primary, 0) <= 2, String(capacity(primary, 0)));
  });

  it('who says he is hardly busy, and holds as many requests as others, or is busy and holds none, is no faster', () => {
    for (const [busy, running] of [
      [0.2, 3],
      [0.5, 0],
    ] as const) {
      const primary = primaryOf([1, 1, 1]);
      for (let report = 0; report < 20; report += 1) {
        sendTo(primary.counts[0]!, report * 40_000 - 20_000, [30, 30, 30]);
        const usual = { busySeconds: report * 30, done: report * 300, running: 3 };
        primary.hear(report * 40_000, [
          { busySeconds: report * 40 * busy, done: report * 300, running },
          usual,
          usual,
        ]);
      }
      assert.equal(capacity(primary, 0), 1, `busy ${busy}, running ${running}`);
    }
  });

  // Where all weights were 1, a fast machine that its first reports happened to find idle passed for no faster than the
  // others for minutes, and they had to bear what it could have.
  it('one who is busy for a part of the time and was found idle at a few looks is faster all the same', () => {
    const primary = primaryOf([1, 1, 1, 1]);
    const capacities: number[] = [];
    for (let report = 0; report < 12; report += 1) {
      sendTo(primary.counts[0]!, report * 40_000 - 20_000, [64, 30, 30, 30]);
      const usual = { busySeconds: report * 30, done: report * 300, running: 3 };
      const fast = { busySeconds: report * 16, done: report * 320, running: 0 };
      primary.hear(report * 40_000, [fast, usual, usual, usual]);
      capacities.push(capacity(primary, 0));
    }
    assert.ok(
      capacities.slice(2, 7).every((one) => one > 1.5),
      String(capacities),
    );
    assert.equal(capacities.at(-1), 1, 'who is idle at every look was not busy');
  });

  // A secondary whose application failed answered each request with a 500 in a millisecond. By Apache's counters it was a
  // hundred times as fast as the others and never busy, and four of five visitors went there.
  it('where errors are counted too, nobody is faster than configured, and nobody slower because another is fast', () => {
    const status = (report: number, speed: number, busy = 1): Load => ({
      ...{ busySeconds: report * 30 * busy, answered: report * 30 * busy * speed, running: 3 },
    });
    const capacitiesOf = (weights: readonly number[], speeds: readonly number[]): readonly number[] => {
      const primary = primaryOf(weights);
      for (let report = 0; report < 20; report += 1)
        primary.hear(
          report * 40_000,
          speeds.map((speed) => status(report, speed, speed > 100 ? 0.05 : 1)),
        );
      return speeds.map((_, slot) => capacity(primary, slot));
    };
    assert.deepEqual(capacitiesOf([1, 1, 1], [1000, 10, 10]), [1, 1, 1]);
    assert.deepEqual(capacitiesOf([1, 1], [1000, 10]), [1, 1]);
    assert.deepEqual(capacitiesOf([2, 1], [2000, 10]), [1, 1]);
    const [, , slow] = capacitiesOf([1, 1, 1], [10, 10, 10 / 3]);
    assert.ok(Math.abs(slow! - 1 / 3) < 0.03, `one that is slow is found out: ${slow}`);
  });

  it('whose visitors get errors and leave has no short run queue, and says nothing of how busy the pool is', () => {
    for (const counter of ['done', 'answered'] as const) {
      const primary = primaryOf([1, 1, 1]);
      for (let report = 0; report < 20; report += 1) {
        const usual = { busySeconds: report * 8, running: 3, [counter]: report * 80 };
        const failing = {
          busySeconds: report * 0.1,
          running: 0,
          [counter]: counter === 'done' ? 0 : report * 10,
        };
        primary.hear(report * 10_000, [failing, usual, usual]);
        for (let visitor = 0; visitor < 30; visitor += 1)
          countVisitor(primary.counts[0]!, visitor % 3, report * 10_000 + visitor * 300);
      }
      const belief = primary.beliefs().get('web0')!;
      assert.equal(belief.excess, 0, counter);
      assert.equal(belief.capacity, 0.75, 'he gets fewer');
      assert.ok(Math.abs(belief.outlook.load - 0.8) < 0.01, `${counter}: ${belief.outlook.load}`);
    }
  });

  it('counters that stand still, all of them, are no proof that visitors get errors', () => {
    const primary = primaryOf([1, 1, 1]);
    for (let report = 0; report < 20; report += 1) {
      sendTo(primary.counts[0]!, report * 10_000 - 5000, [10, 10, 10]);
      const usual = { busySeconds: report * 8, running: 3, done: report * 80 };
      primary.hear(report * 10_000, [{ busySeconds: 1e9, running: 3, done: 1e9 }, usual, usual]);
    }
    assert.equal(capacity(primary, 0), 1);
  });

  it('one absurd figure spoils nothing that is learned', () => {
    // Eight cores, always busy, and few requests: by its run queue alone it is known that its busy seconds tell no speed.
    const cores = (report: number): Load => ({ busySeconds: report * 39.9, running: 4, done: report * 240 });
    const usual = (report: number): Load => ({ busySeconds: report * 30, running: 3, done: report * 300 });
    for (const running of [1000, 1e6, 1e15]) {
      const primary = primaryOf([1, 1, 1]);
      for (let report = 0; report < 100; report += 1) {
        const odd = report === 40 ? { running } : {};
        primary.hear(report * 40_000, [{ ...cores(report), ...odd }, usual(report), usual(report)]);
        if (report < 38 || report > 95) assert.equal(capacity(primary, 0), 1, `${running}: ${report}`);
      }
    }
    const excessAfter = (answerMs: number): number => {
      const primary = primaryOf([1, 1, 1]);
      for (let report = 0; report < 70; report += 1)
        primary.hear(report * 40_000, [
          { answerMs: report === 40 ? answerMs : 5 },
          { answerMs: 5 },
          { answerMs: 5 },
        ]);
      primary.hear(2_800_000, [{ answerMs: 50 }, { answerMs: 5 }, { answerMs: 5 }]);
      return primary.beliefs().get('web0')!.excess;
    };
    assert.ok(Math.abs(excessAfter(1e15) - excessAfter(5)) < 0.01);
  });

  it('weights that are about right are kept as configured', () => {
    const primary = primaryOf([2, 1, 1]);
    work(primary, [20.5, 10.2, 9.8], { from: 0, to: 20 });
    assert.deepEqual(
      [0, 1, 2].map((slot) => capacity(primary, slot)),
      [1, 1, 1],
    );
  });

  it('counters that go back to 0 are those of a new start, and what was known of the machine stays', () => {
    const primary = primaryOf([1, 1, 1]);
    work(primary, [30, 10, 10], { from: 0, to: 20 });
    const before = capacity(primary, 0);
    primary.hear(20 * 40_000, [
      { busySeconds: 1, done: 1, running: 3 },
      { busySeconds: 600, done: 6000, running: 3 },
      { busySeconds: 600, done: 6000, running: 3 },
    ]);
    assert.ok(before > 2.5);
    assert.equal(capacity(primary, 0), before);
  });

  it('busy seconds that run faster than the clock are the sum of durations and tell no speed', () => {
    const primary = primaryOf([1, 1, 1]);
    work(primary, [30, 10, 10], { from: 0, to: 20 });
    primary.hear(20 * 40_000, [{ busySeconds: 10_000, done: 30_000, running: 3 }, undefined, undefined]);
    assert.equal(capacity(primary, 0), 1);
  });

  it('an overloaded machine that answers late once keeps what was learned of it', () => {
    const primary = primaryOf([1, 1, 1]);
    for (let report = 0; report < 60; report += 1) {
      // Stamped before it was asked: what came in while it took its time is counted too.
      const seconds = report * 2 + (report === 40 ? 1.2 : 0);
      const overloaded = { busySeconds: seconds, done: seconds * 30, running: 12 };
      const usual = { busySeconds: report * 1.5, done: report * 15, running: 3 };
      sendTo(primary.counts[0]!, report * 2000 - 1000, [8, 2, 2]);
      primary.hear(report * 2000, [overloaded, usual, usual]);
      if (report > 30) assert.ok(capacity(primary, 0) > 2.5, `${report}: ${capacity(primary, 0)}`);
    }
  });

  it('a counter that ran too fast once is believed again after minutes in which it did not', () => {
    const primary = primaryOf([1, 1, 1]);
    work(primary, [30, 10, 10], { from: 0, to: 20 });
    const usual = (report: number): Load => ({ busySeconds: report * 30, done: report * 300, running: 3 });
    const odd = (report: number): Load => ({
      ...{ busySeconds: 9000 + report * 30, done: report * 900, running: 3 },
    });
    primary.hear(20 * 40_000, [odd(20), usual(20), usual(20)]);
    assert.equal(capacity(primary, 0), 1);
    for (let report = 21; report < 40; report += 1) {
      sendTo(primary.counts[0]!, report * 40_000 - 20_000, [90, 30, 30]);
      primary.hear(report * 40_000, [odd(report), usual(report), usual(report)]);
    }
    assert.ok(Math.abs(capacity(primary, 0) - 3) < 0.2, String(capacity(primary, 0)));
  });

  it('asked often, a counter that adds up requests is found out too, and stays so', () => {
    const primary = primaryOf([1, 1, 1]);
    for (let report = 0; report < 200; report += 1) {
      const told = (speed: number): Load => ({ busySeconds: report * 1.4, done: report * speed, running: 2 });
      primary.hear(report * 1000, [told(30), told(10), told(10)]);
      if (report > 20) assert.equal(capacity(primary, 0), 1, String(report));
    }
  });

  it('at another address is another machine: nothing is known of it', () => {
    const ledger = { since: () => 0, fading: emptyCounts(3) };
    const speeds = [30, 10, 10];
    const hear = (before: Memory, report: number, port: number): Memory => {
      const now = report * 40_000;
      sendTo(ledger.fading[0]!, now - 20_000, [90, 30, 30]);
      const pool = speeds.map((speed, slot) => ({
        ...{ id: `web${slot}`, slot, weight: 1, at: `http://10.0.0.1:${port}` as const },
        load: { at: now, busySeconds: report * 30, done: report * 30 * speed, running: 3 },
      }));
      return learn(before, { now, pool, ledger });
    };
    let memory = emptyMemory(0);
    for (let report = 0; report < 20; report += 1) memory = hear(memory, report, 80);
    assert.ok(believe(memory).get('web0')!.capacity > 2.5);
    memory = hear(memory, 20, 81);
    assert.equal(believe(memory).get('web0')!.capacity, 1);
    for (let report = 21; report < 40; report += 1) memory = hear(memory, report, 81);
    assert.ok(believe(memory).get('web0')!.capacity > 2.5);
  });

  it('what a dead machine said last is no part of what the pool holds', () => {
    const perRequest = (isDying: boolean): number => {
      const primary = primaryOf([1, 1, 1, 1]);
      const usual = { sessions: 100, running: 5 };
      primary.hear(1000, [isDying ? { sessions: 100, running: 80 } : undefined, usual, usual, usual]);
      for (let now = 41_000; now < 600_000; now += 40_000)
        primary.hear(now, [undefined, usual, usual, usual]);
      return primary.beliefs().get('web1')!.outlook.perRequest;
    };
    assert.equal(perRequest(true), perRequest(false));
    assert.equal(perRequest(true), 5);
  });

  // Visitors had every row asked anew each second. After a pause one was asked anew, and what the file had told of the
  // others was thrown away: the one known to have little to do passed for the fullest, the overrun one for fair.
  it('one that is asked anew between two files does not silence the others', () => {
    const usual = { sessions: 50, running: 3 };
    const file = [usual, usual, usual, { sessions: 150, running: 60 }];
    for (const isBusy of [false, true]) {
      const primary = primaryOf([1, 1, 1, 1], { everyMs: 40_000 });
      primary.hear(1000, file);
      for (let second = 1; isBusy && second <= 5; second += 1) primary.hear(1000 + second * 1000, file);
      primary.hear(21_000, [usual, undefined, undefined, undefined]);
      const sent = Array.from({ length: 24 }, (_, visitor) => primary.send(21_100 + visitor * 50));
      assert.deepEqual(tally(sent, 4).slice(3), [0], `${isBusy}: ${String(tally(sent, 4))}`);
      assert.ok(tally(sent, 4)[0]! > 4, `${isBusy}: ${String(tally(sent, 4))}`);
    }
  });

  it('a machine that fell silent keeps its learned capacity and is judged by own visitors', () => {
    const primary = primaryOf([1, 1, 1]);
    work(primary, [30, 10, 10], { from: 0, to: 20 });
    for (let report = 20; report < 30; report += 1) {
      const usual = { busySeconds: report * 30, done: report * 300, running: 3, sessions: 10 };
      primary.hear(report * 40_000, [undefined, usual, usual]);
    }
    const belief = primary.beliefs().get('web0')!;
    assert.ok(belief.capacity > 2.5);
    assert.deepEqual([belief.sessions, belief.slowBefore, belief.excess, belief.fastBefore], [0, 0, 0, NaN]);
  });

  it('reports that all grow old together say what they said', () => {
    const primary = primaryOf([1, 1]);
    const usual = { sessions: 100, running: 5 };
    primary.hear(1000, [usual, usual]);
    const before = primary.beliefs().get('web0')!.outlook;
    primary.hear(1e6, [undefined, undefined]);
    assert.equal(primary.beliefs().get('web0')!.outlook.perRequest, before.perRequest);
  });

  it('a machine of many cores that is always busy with a few requests tells no speed', () => {
    const primary = primaryOf([1, 1, 1]);
    for (let report = 0; report < 40; report += 1) {
      const load = { busySeconds: report * 39.9, running: 6 };
      primary.hear(report * 40_000, [
        { ...load, done: report * 900 },
        { ...load, done: report * 300 },
        { ...load, done: report * 300 },
      ]);
    }
    assert.equal(capacity(primary, 0), 1);
    assert.ok(primary.beliefs().get('web0')!.outlook.load < 0.9);
  });

  // Asked often, a machine at a third of its speed was busy all the time, and yet held only some ten requests, because
  // visitors were sent elsewhere each time it held more. It passed for one of many cores and stayed overrun.
  it('a machine that is always busy, and holds far more than the others for its weight, is found to be slow', () => {
    const primary = primaryOf([1, 1, 1]);
    for (let report = 0; report < 40; report += 1) {
      const [slow, other] = [
        { busySeconds: report * 39.8, running: 9, done: report * 120 },
        { busySeconds: report * 30, running: 3, done: report * 270 },
      ];
      primary.hear(report * 40_000, [slow, other, other]);
    }
    assert.ok(Math.abs(capacity(primary, 0) - 1 / 3) < 0.05, String(capacity(primary, 0)));
    assert.equal(capacity(primary, 1), 1);
  });

  it('a report that was folded before changes nothing', () => {
    const told = { id: 'web0', slot: 0, weight: 1, load: { at: 5000, running: 3, sessions: 9 } };
    const ledger = { since: () => 0, fading: emptyCounts(1) };
    const once = learn(emptyMemory(0), { now: 6000, pool: [told], ledger });
    const twice = learn(once, { now: 9000, pool: [told], ledger });
    assert.deepEqual(twice.rows, once.rows);
  });

  it('a report from the future is as old as its arrival', () => {
    const told = { id: 'web0', slot: 0, weight: 1, load: { at: 9e12, running: 3 } };
    const ledger = { since: () => 0, fading: emptyCounts(1) };
    const memory = learn(emptyMemory(0), { now: 6000, pool: [told], ledger });
    assert.equal(memory.rows.get('web0')?.report.at, 6000);
  });

  it('a report from the future is folded once, at that instant and ever after', () => {
    const load = { at: 9e12, running: 3, busySeconds: 5, done: 50 };
    const told = { id: 'web0', slot: 0, weight: 1, load };
    const ledger = { since: () => 0, fading: emptyCounts(1) };
    const once = learn(emptyMemory(0), { now: 6000, pool: [told], ledger });
    const again = learn(once, { now: 6000, pool: [told], ledger });
    assert.deepEqual(again.rows, once.rows);
    const later = learn(again, { now: 9000, pool: [told], ledger });
    assert.deepEqual(later.rows, once.rows);
    const next = { ...told, load: { ...load, at: 8000, busySeconds: 6 } };
    const believed = learn(later, { now: 10_000, pool: [next], ledger }).rows.get('web0');
    assert.equal(believed?.report.at, 8000);
    assert.equal(believed.busy.sum, 1000, 'half of two seconds');
  });

  it('a report that is no newer changes nothing, whoever folds it', () => {
    const fresh = { weight: 1, origin: undefined, slot: 0, threads: emptyCounts(1), now: 5000 };
    const before = remember(undefined, { ...fresh, load: { at: 5000, busySeconds: 1 } });
    assert.equal(remember(before, { ...fresh, load: { at: 5000, busySeconds: 1 } }), before);
  });

  it('who leaves the pool is forgotten', () => {
    const ledger = { since: () => 0, fading: emptyCounts(1) };
    const told = { id: 'web0', slot: 0, weight: 1, load: { at: 1, running: 3 } };
    const memory = learn(emptyMemory(0), { now: 2, pool: [told], ledger });
    assert.equal(learn(memory, { now: 3, pool: [], ledger }).rows.size, 0);
  });

  it('the memory is plain data: it goes to another thread and back unchanged', () => {
    const primary = primaryOf([1, 2]);
    work(primary, [10, 20], { from: 0, to: 5 });
    const beliefs = primary.beliefs();
    assert.deepEqual(structuredClone(beliefs), beliefs);
  });

  it('whatever the reports say, every belief is a finite number, or not told', () => {
    const figure = fc.option(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e300, noNaN: true })), {
      nil: undefined,
    });
    const load = fc.record({
      running: figure,
      sessions: figure,
      busySeconds: figure,
      done: figure,
      started: figure,
      utilization: figure,
      answerMs: figure,
    });
    const round = fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.nat(100_000)),
      // most are told when they are made, some before, some in the future
      aheadMs: fc.oneof(fc.constant(0), fc.integer({ min: -5000, max: 5000 }), fc.constant(9e12)),
      loads: fc.array(load, { minLength: 3, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 8 }), (rounds) => {
        let memory = emptyMemory(0);
        let now = 0;
        const ledger = { since: () => 0, fading: emptyCounts(3) };
        for (const { afterMs, aheadMs, loads } of rounds) {
          now += afterMs;
          const pool = loads.map((told, slot) => ({
            id: `web${slot}`,
            slot,
            weight: slot + 1,
            load: {
              at: now + aheadMs,
              ...(Object.fromEntries(Object.entries(told).filter(([, is]) => is !== undefined)) as Load),
            },
          }));
          memory = learn(memory, { now, pool, ledger });
          memory = learn(memory, { now, pool, ledger });
          countVisitor(ledger.fading[0]!, now % 3, now);
        }
        for (const { outlook, ...belief } of believe(memory).values())
          for (const [name, value] of Object.entries({ ...belief, ...outlook }))
            assert.ok(
              Number.isFinite(value) || (name === 'fastBefore' && Number.isNaN(value)),
              `${name} is ${value}`,
            );
      }),
    );
  });
});

describe('the weighted middle', () => {
  it('is moved by no single liar', () => {
    const honest = [1, 2, 3, 4].map((value) => ({ value, weight: 1 }));
    assert.equal(weightedMedian([...honest, { value: 1e9, weight: 1 }]), 3);
  });

  it('lies between two that meet there, and is no number where there is none', () => {
    assert.equal(
      weightedMedian([
        { value: 1, weight: 1 },
        { value: 3, weight: 1 },
      ]),
      2,
    );
    assert.ok(Number.isNaN(weightedMedian([{ value: NaN, weight: 1 }])));
  });
});
