import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Candidate, Renewal } from '../../src/model/policy.ts';
import { finish } from '../../src/model/slices.ts';
import { isNonEmpty } from '../../src/model/non-empty.ts';
import { PATIENCE_MS } from '../../src/policies/balance/constants.ts';
import { countVisitor } from '../../src/policies/balance/fading.ts';
import { split } from '../../src/policies/balance/split.ts';
import { weigh } from '../../src/policies/balance/weigh.ts';
import { emptyCounts, primaryOf, sendTo, tally } from './believed.ts';
import { drawOf, poolOf, seeded } from './pool-of.ts';

/** So many weights of seven kinds. */
const weightsOf = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, place) => 1 + (place % 7) / 3);

const EIGHT = [2, 2, 1, 1, 1, 1, 0.5, 0.5];

describe('weigh', () => {
  it('takes turns by weight when nobody ever reports', () => {
    const primary = primaryOf(EIGHT);
    const sent = Array.from({ length: 9000 }, (_, visitor) => primary.send(visitor * 100));
    tally(sent, 8).forEach((count, slot) => {
      const share = 1000 * EIGHT[slot]!;
      assert.ok(Math.abs(count / share - 1) < 0.03, `${slot} got ${count} of ${share}`);
    });
  });

  it('never flocks to the least line of an old report: it is filled up, then all have their share', () => {
    const primary = primaryOf([1, 1, 1, 1]);
    primary.hear(1000, [{ sessions: 20 }, { sessions: 60 }, { sessions: 60 }, { sessions: 60 }]);
    const sent = Array.from({ length: 400 }, (_, visitor) => primary.send(1000 + visitor * 100));
    const early = tally(sent.slice(0, 60), 4);
    assert.ok(early[0]! > 20 && early[0]! < 60, String(early));
    tally(sent, 4).forEach((count) => assert.ok(count > 70 && count < 140, String(count)));
  });

  it('sends nobody where the fresh report shows a pile, until the others have caught up', () => {
    const primary = primaryOf([1, 1, 1]);
    primary.hear(1000, [
      { sessions: 30, running: 40 },
      { sessions: 30, running: 1 },
      { sessions: 30, running: 1 },
    ]);
    const sent = Array.from({ length: 20 }, (_, visitor) => primary.send(1001 + visitor));
    assert.equal(tally(sent, 3)[0], 0);
  });

  it('forgets an old pile: half an hour later the report says nothing', () => {
    const primary = primaryOf([1, 1, 1]);
    primary.hear(1000, [{ running: 400 }, { running: 1 }, { running: 1 }]);
    const sent = Array.from({ length: 300 }, (_, visitor) => primary.send(1.8e6 + visitor * 100));
    tally(sent, 3).forEach((count) => assert.ok(Math.abs(count - 100) < 5, String(count)));
  });

  it('lets nobody have more than one and a half times his share in a minute, however empty he says he is', () => {
    const primary = primaryOf([1, 1, 1, 1]);
    for (let second = 0; second < 120; second += 1) {
      const full = { sessions: 1000, running: 300 };
      primary.hear(second * 1000, [{ sessions: 700, running: 0 }, full, full, full]);
      for (let visitor = 0; visitor < 10; visitor += 1) primary.send(second * 1000 + visitor * 100);
    }
    const sent = Array.from({ length: 600 }, (_, visitor) => primary.send(120_000 + visitor * 100));
    const counts = tally(sent, 4);
    assert.ok(counts[0]! <= 1.6 * 150, String(counts));
  });

  it('lets whoever says that he is ten times as fast have at most three times what his weight gives him', () => {
    const primary = primaryOf(EIGHT.map(() => 1));
    const counts = EIGHT.map(() => 0);
    const sent = EIGHT.map(() => 0);
    for (let report = 0; report < 40; report += 1) {
      primary.hear(
        report * 10_000,
        sent.map((visitors, slot) => ({
          done: visitors * 6,
          ...(slot === 0
            ? { busySeconds: 0.06 * visitors, running: 0.06 }
            : { busySeconds: 0.6 * visitors, running: 2 }),
        })),
      );
      for (let visitor = 0; visitor < 80; visitor += 1) {
        const slot = primary.send(report * 10_000 + visitor * 125);
        sent[slot]! += 1;
        if (report >= 20) counts[slot]! += 1;
      }
    }
    assert.ok(primary.beliefs().get('web0')!.capacity > 3.9);
    assert.ok(counts[0]! > 300 && counts[0]! <= 600, String(counts));
  });

  it('lets whoever says he is full have a tenth of his share, so that he can prove otherwise', () => {
    const primary = primaryOf([1, 1, 1, 1]);
    const counts = [0, 0, 0, 0];
    for (let second = 0; second < 300; second += 1) {
      const idle = { sessions: 100, running: 2 };
      primary.hear(second * 1000, [{ sessions: 600, running: 70 }, idle, idle, idle]);
      for (let visitor = 0; visitor < 10; visitor += 1)
        counts[primary.send(second * 1000 + visitor * 100)]! += 1;
    }
    assert.ok(counts[0]! > 0.07 * 750 && counts[0]! < 0.5 * 750, String(counts));
  });

  // By a part that was learned and split a slow machine that said it was full got one of 1500 visitors.
  it('lets a light one that says he is full have a tenth of what his weight gives him, and not of his part', () => {
    const primary = primaryOf([4, 4, 1]);
    const counts = [0, 0, 0];
    for (let second = 0; second < 300; second += 1) {
      const idle = { sessions: 100, running: 0, busySeconds: second * 0.1 };
      primary.hear(second * 1000, [idle, idle, { ...idle, sessions: 400, running: 40 }]);
      for (let visitor = 0; visitor < 10; visitor += 1)
        counts[primary.send(second * 1000 + visitor * 100)]! += 1;
    }
    assert.ok(counts[2]! > (0.1 * 3000) / 9 - 5 && counts[2]! < (0.15 * 3000) / 9, String(counts));
  });

  // One that had been dead got no visitor for over a minute, and then four of five until it had caught up.
  it('ramps up one that comes back from its first second, and floods it neither then nor when it is warm', () => {
    const warmths = [1, 1, 1, 1];
    const primary = primaryOf([1, 1, 1, 1], { warmths });
    const counts: number[] = [];
    const sendFor = (seconds: { readonly from: number; readonly to: number }): void => {
      for (let second = seconds.from; second < seconds.to; second += 1) {
        const back = Math.min(1, Math.max(0.1, (second - 120) / 90));
        warmths[0] = second < 120 ? 1 : back;
        const usual = { sessions: 150, running: 5 };
        primary.hear(second * 1000, [
          { sessions: 150 * back ** 2, running: 5 * back ** 2 },
          usual,
          usual,
          usual,
        ]);
        let came = 0;
        for (let visitor = 0; visitor < 10; visitor += 1)
          if (primary.send(second * 1000 + visitor * 100) === 0) came += 1;
        counts[second] = came;
      }
    };
    const sum = (from: number, to: number): number =>
      counts.slice(from, to).reduce((all, one) => all + one, 0);
    // It is away until then: nobody was sent there, and all that went elsewhere is remembered.
    for (let visitor = 0; visitor < 1200; visitor += 1)
      countVisitor(primary.counts[0]!, 1 + (visitor % 3), visitor * 100);
    sendFor({ from: 120, to: 260 });
    assert.ok(sum(120, 125) >= 1, 'one comes within five seconds');
    for (let from = 130; from < 210; from += 10) {
      const part = (from + 5 - 120) / 90;
      const fair = (100 * part) / (3 + part);
      const got = sum(from, from + 10);
      assert.ok(Math.abs(got - fair) <= 5, `${from}: ${got} of ${fair}`);
    }
    for (let from = 210; from < 260; from += 10)
      assert.ok(sum(from, from + 10) <= 45, `${from}: ${sum(from, from + 10)}`);
  });

  it('sends one visitor, not all of a burst, to whoever is due his least share', () => {
    const primary = primaryOf([1, 1, 1, 1]);
    for (let visitor = 0; visitor < 300; visitor += 1)
      countVisitor(primary.counts[0]!, 1 + (visitor % 3), 1000);
    const idle = { sessions: 100, running: 2 };
    primary.hear(1000, [{ sessions: 600, running: 70 }, idle, idle, idle]);
    const ready = primary.prepared();
    const draw = drawOf({ now: 1000, dice: seeded(3), ledger: { since: () => 0, fading: primary.counts } });
    const sent = Array.from({ length: 20 }, () => ready.pick(draw).slot);
    assert.equal(tally(sent, 4)[0], 1, String(tally(sent, 4)));
  });

  it('lets the first few visitors of a quiet hour go to the one that is free', () => {
    const primary = primaryOf([1, 1, 1, 1]);
    const full = { sessions: 40, running: 9 };
    primary.hear(1000, [{ sessions: 0, running: 0 }, full, full, full]);
    const sent = Array.from({ length: 3 }, (_, visitor) => primary.send(1000 + visitor * 100));
    assert.deepEqual(sent, [0, 0, 0]);
  });

  it('goes by capacity as far as more visitors come than usual', () => {
    const outlook = { perVisitor: 1, load: 0.4, usual: 10, perRequest: 0, fairSessions: 0, fairFast: 0 };
    const belief = { sessions: 0, excess: 0, slowBefore: 0, fastBefore: 0, capacity: 1, at: 1000, outlook };
    const pool = poolOf([{ weight: 4 }, { weight: 1 }, {}]).map((one): Candidate => ({ ...one, belief }));
    assert.ok(isNonEmpty(pool));
    const fastOverSlow = (visitors: number): number => {
      const fading = emptyCounts(3);
      for (let visitor = 0; visitor < visitors; visitor += 1) countVisitor(fading[0]!, 2, 1000);
      const draw = drawOf({ now: 1000, ledger: { since: () => 0, fading } });
      const { score } = weigh(pool);
      return score(pool[1]!, draw) / score(pool[0], draw);
    };
    assert.ok(fastOverSlow(10) > 5, String(fastOverSlow(10)));
    assert.ok(Math.abs(fastOverSlow(25) - 4) < 1e-9, String(fastOverSlow(25)));
  });

  it('makes in slices what its walks read and write into', () => {
    const pool = poolOf(weightsOf(10_000).map((weight) => ({ weight })));
    const walk = (renewal: Renewal): number => [...renewal.begin(drawOf())].length;
    const { renewal } = weigh(pool);
    const first = walk(renewal);
    const next = walk(renewal);
    // a slice for each of fourteen columns, and six passes of twenty slices less one that fill them
    assert.ok(first - next >= 14 + 6 * 19, `${first} and ${next}`);
  });

  it('does not walk for a visit while somebody walks between visits, unless he is long overdue', () => {
    const fading = emptyCounts(100);
    let walks = 0;
    const ledger = {
      since: () => 0,
      get fading() {
        walks += 1;
        return fading;
      },
    };
    const { pick, renewal } = weigh(poolOf(weightsOf(100).map((weight) => ({ weight }))));
    finish(renewal.begin(drawOf({ ledger })));
    walks = 0;
    for (const now of [1, 1000, PATIENCE_MS - 1]) pick(drawOf({ ledger, now }));
    assert.equal(walks, 0);
    pick(drawOf({ ledger, now: PATIENCE_MS }));
    assert.equal(walks, 1);
  });

  it('makes nothing of an old report that stands last', () => {
    const outlook = { perVisitor: 1, load: 0.5, usual: 0, perRequest: 1, fairSessions: 10, fairFast: 0 };
    const belief = { excess: 1, slowBefore: 0, fastBefore: 0, capacity: 1, outlook };
    const now = 10 * 3_600_000;
    const pool = poolOf([{}, {}, {}]).map((one): Candidate => {
      const at = one.slot === 2 ? 0 : now;
      return { ...one, belief: { ...belief, at, sessions: one.slot === 0 ? 100 : 10 } };
    });
    assert.ok(isNonEmpty(pool));
    const { score } = weigh(pool);
    const [full = NaN, usual = NaN, old = NaN] = pool.map((one) => score(one, drawOf({ now })));
    assert.ok(full > usual && usual > old && old > 0, String([full, usual, old]));
  });

  it('knows after a walk whom it chose while it walked, and counts him once', () => {
    const count = 3000;
    const primary = primaryOf(Array.from({ length: count }, () => 1));
    const { pick, renewal } = primary.prepared();
    const draw = drawOf({ now: 1000, dice: seeded(3), ledger: { since: () => 0, fading: primary.counts } });
    const sent: number[] = [];
    const send = (): void => {
      const { slot } = pick(draw);
      countVisitor(primary.counts[0]!, slot, 1000);
      sent.push(slot);
    };
    finish(renewal!.begin(draw));
    const walk = renewal!.begin(draw);
    walk.next();
    for (let visitor = 0; visitor < 100; visitor += 1) send();
    finish(walk);
    for (let visitor = 100; visitor < 2 * count; visitor += 1) send();
    finish(renewal!.begin(draw));
    for (let visitor = 0; visitor < count; visitor += 1) send();
    for (const from of [0, count, 2 * count])
      assert.equal(new Set(sent.slice(from, from + count)).size, count);
  });

  it('is gentle with whoever comes back: no more than his share of that moment, though he is empty', () => {
    const primary = primaryOf([1, 1, 1, 1], { warmths: [0.5] });
    primary.hear(1000, [{ sessions: 0 }, { sessions: 60 }, { sessions: 60 }, { sessions: 60 }]);
    const sent = Array.from({ length: 70 }, (_, visitor) => primary.send(1000 + visitor * 100));
    // 19 without a credit for the sessions that it will have
    assert.ok(tally(sent, 4)[0]! <= 16, String(tally(sent, 4)));
  });

  it('sends more where a machine proved to be faster than configured', () => {
    const primary = primaryOf([1, 1, 1, 1]);
    for (let report = 0; report < 20; report += 1) {
      sendTo(primary.counts[0]!, report * 10_000 - 5000, [18, 6, 6, 6]);
      primary.hear(
        report * 10_000,
        [3, 1, 1, 1].map((speed) => ({ busySeconds: report * 9, done: report * 90 * speed, running: 6 })),
      );
    }
    const sent = Array.from({ length: 600 }, (_, visitor) => primary.send(190_000 + visitor * 100));
    const counts = tally(sent, 4);
    assert.ok(Math.abs(counts[0]! / counts[1]! - 3) < 0.6, String(counts));
  });

  it('fades each report from the instant that it was read', () => {
    const outlook = { perVisitor: 1, load: 1, usual: 0, perRequest: 1, fairSessions: 0, fairFast: 0 };
    const usual = { slowBefore: 0, fastBefore: 0, capacity: 1, outlook };
    const beliefs = [
      { ...usual, at: 61_000, sessions: 60 / Math.E, excess: 0 },
      { ...usual, at: 1000, sessions: 60, excess: 0 },
      { ...usual, at: 61_000, sessions: 0, excess: 60 / Math.exp(6) },
      { ...usual, at: 1000, sessions: 0, excess: 60 },
    ];
    const pool = poolOf([{}, {}, {}, {}]).map((one, at): Candidate => ({ ...one, belief: beliefs[at]! }));
    assert.ok(isNonEmpty(pool));
    const draw = drawOf({ now: 70_000, ledger: { since: () => 0, fading: emptyCounts(4) } });
    const { score } = weigh(pool);
    const [read, before, readQueue, queueBefore] = pool.map((one) => score(one, draw));
    assert.ok(Math.abs(read! - before!) < 1e-9 && read! > 1);
    assert.ok(Math.abs(readQueue! - queueBefore!) < 1e-9 && readQueue! > 0);
  });

  it('lets nobody have much more than his part, be it smaller than what his weight gives him', () => {
    const outlook = { perVisitor: 1, load: 0, usual: 0, perRequest: 0, fairSessions: 0, fairFast: 0 };
    const belief = { at: 1000, excess: 0, slowBefore: 0, fastBefore: 0, capacity: 1, outlook };
    const [heavy, light] = poolOf([{ weight: 4 }, { weight: 1 }]);
    const pool = [
      { ...heavy, belief: { ...belief, sessions: 1e4 } },
      { ...light!, belief: { ...belief, sessions: 0 } },
    ] as const;
    const chosenAfter = (visitors: readonly number[]): number => {
      const fading = emptyCounts(2);
      sendTo(fading[0]!, 1000, visitors);
      return weigh(pool).pick(drawOf({ now: 1000, ledger: { since: () => 0, fading } })).slot;
    };
    // At no load its part is a twentieth, and one and a half times that with three is ten of a hundred.
    assert.equal(chosenAfter([92, 8]), 1);
    assert.equal(chosenAfter([85, 15]), 0);
  });

  it('counts what other threads sent', () => {
    const fading = emptyCounts(2, 2);
    for (let visitor = 0; visitor < 50; visitor += 1) countVisitor(fading[1]!, 0, 1000);
    const draw = drawOf({ now: 1000, dice: seeded(3), ledger: { since: () => 0, fading } });
    assert.equal(weigh(poolOf([{}, {}])).pick(draw).slot, 1);
  });

  it('gives equal ones the same chance', () => {
    const dice = seeded(5);
    const pool = poolOf([{}, {}, {}, {}]);
    const counts = tally(
      Array.from({ length: 4000 }, () => weigh(pool).pick(drawOf({ now: 1, dice })).slot),
      4,
    );
    counts.forEach((count) => assert.ok(Math.abs(count - 1000) < 140, String(counts)));
  });

  it('sends to the one whose score is least', () => {
    const primary = primaryOf([1, 2, 1]);
    primary.hear(1000, [
      { sessions: 20, running: 1 },
      { sessions: 70, running: 5 },
      { sessions: 33, running: 0 },
    ]);
    const draw = drawOf({ now: 2000, ledger: { since: () => 0, fading: primary.counts } });
    const candidates = primary.candidates();
    const { score } = weigh(candidates);
    const least = candidates.reduce((best, one) => (score(one, draw) < score(best, draw) ? one : best));
    assert.equal(weigh(candidates).pick(draw), least);
  });

  it('among thousands that all come back at once, spreads what comes between two looks as well', () => {
    const warmths = Array.from({ length: 2000 }, () => 0.5);
    const primary = primaryOf(
      warmths.map(() => 1),
      { warmths },
    );
    const sent = new Set(Array.from({ length: 1000 }, () => primary.send(1000)));
    assert.equal(sent.size, 1000);
  });

  it('among hundreds that all come back at once, spreads what comes after each look at the counts', () => {
    const count = 500;
    const ones = Array.from({ length: count }, () => 1);
    const primary = primaryOf(ones, { warmths: ones.map(() => 0.5) });
    const looksAt = [1000, 7000, 13_000, 19_000];
    const sent = looksAt.flatMap((at) => Array.from({ length: count / 2 }, () => primary.send(at)));
    const most = Math.max(...tally(sent, count));
    assert.ok(most <= 4, `one got ${most} of ${sent.length}, twice as many as there are`);
  });

  it('sends somebody to one that comes back, however small a part of rare visitors is his', () => {
    const primary = primaryOf(
      Array.from({ length: 1000 }, () => 1),
      { warmths: [0.1] },
    );
    const sent = Array.from({ length: 90 }, (_, visitor) => primary.send(visitor * 1000));
    assert.equal(tally(sent, 1)[0], 1);
  });

  it('among thousands, spreads what comes between two looks at the counts', () => {
    const primary = primaryOf(Array.from({ length: 5000 }, () => 1));
    const sent = new Set(Array.from({ length: 2000 }, () => primary.send(1000)));
    assert.equal(sent.size, 2000);
  });

  it('spreads its visitors when usual traffic has faded to the smallest of numbers', () => {
    const outlook = {
      perVisitor: 1,
      load: 0,
      usual: Number.MIN_VALUE,
      perRequest: 0,
      fairSessions: 0,
      fairFast: 0,
    };
    const belief = { sessions: 0, excess: 0, slowBefore: 0, fastBefore: 0, capacity: 1, at: 1000, outlook };
    const fading = emptyCounts(3);
    for (let visitor = 0; visitor < 9; visitor += 1) countVisitor(fading[0]!, 0, 1000);
    const pool = poolOf([{}, {}, {}]).map((candidate): Candidate => ({ ...candidate, belief }));
    assert.ok(isNonEmpty(pool));
    const draw = drawOf({ now: 1000, dice: seeded(3), ledger: { since: () => 0, fading } });
    assert.notEqual(weigh(pool).pick(draw).slot, 0, 'it has nine visitors, the others none');
  });

  it('returns one of its candidates, whatever is believed of them', () => {
    const number = fc.oneof(
      fc.double(),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.constantFrom(NaN, Infinity, 0),
    );
    const outlook = fc.record({
      perVisitor: number,
      load: number,
      usual: number,
      perRequest: number,
      fairSessions: number,
      fairFast: number,
    });
    const belief = fc.record({
      at: fc.double({ min: 0, max: 1e9, noNaN: true }),
      sessions: number,
      excess: number,
      slowBefore: number,
      fastBefore: number,
      capacity: number,
      outlook,
    });
    const one = fc.record({ weight: fc.double({ min: 1e-6, max: 1e6, noNaN: true }), belief });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 20 }), fc.nat(1e6), (likes, now) => {
        const pool = poolOf(likes).map((candidate, at): Candidate => ({
          ...candidate,
          belief: likes[at]!.belief,
        }));
        assert.ok(isNonEmpty(pool));
        const prepared = weigh(pool);
        for (let visitor = 0; visitor < 5; visitor += 1)
          assert.ok(pool.includes(prepared.pick(drawOf({ now: now + visitor }))));
      }),
    );
  });
});

describe('the split', () => {
  const partsOf = (capacities: readonly number[], load: number): readonly number[] => {
    const parts = new Float64Array(capacities.length);
    finish(split(capacities, load, parts));
    return [...parts];
  };

  it('looks at no more than some hundred capacities at once', () => {
    let looks = 0;
    const capacities = new Proxy(weightsOf(10_000), {
      get: (list, key) => {
        if (key !== 'length') looks += 1;
        return Reflect.get(list, key) as unknown;
      },
    });
    for (const _ of split(capacities, 0.5, new Float64Array(10_000))) {
      assert.ok(looks > 0 && looks <= 600, String(looks));
      looks = 0;
    }
    assert.equal(looks, 0);
  });

  it('goes by capacity when the pool is full', () => {
    assert.deepEqual(partsOf([2, 1, 0.5], 1), [2, 1, 0.5]);
  });

  it('spares the slow machines the more, the less there is to do', () => {
    const share = (load: number): number => {
      const parts = partsOf([2, 1, 0.5], load);
      return parts[2]! / parts.reduce((sum, one) => sum + one, 0);
    };
    assert.ok(share(0.3) < share(0.6) && share(0.6) < share(0.9) && share(0.9) < share(1));
    assert.ok(share(0) > 0);
  });
});
