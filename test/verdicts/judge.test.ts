import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Observation } from '../../src/model/outcome.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { judge, newcomer, unjudged, type Thresholds } from '../../src/verdicts/judge.ts';

const MINUTE_MS = 60_000;

const seen = (ok: boolean, at: number): Observation => ({
  secondary: 'web1',
  check: 'http',
  at,
  outcome: ok
    ? { ok, tookMs: 3 }
    : { ok, tookMs: 1, failure: 'refused', detail: 'connect ECONNREFUSED 127.0.0.1:8086' },
});

/** Folds answers that come every second: `+` a pass, `-` a failure. Returns every verdict on the way. */
const fold = (answers: string, thresholds: Thresholds, from: Verdict = unjudged(0)): readonly Verdict[] => {
  const verdicts: Verdict[] = [];
  let verdict = from;
  let at = from.evidence?.at ?? 0;
  for (const answer of answers) {
    at += 1000;
    verdict = judge(verdict, seen(answer === '+', at), thresholds);
    verdicts.push(verdict);
  }
  return verdicts;
};

const last = (verdicts: readonly Verdict[]): Verdict => {
  const verdict = verdicts.at(-1);
  assert.ok(verdict);
  return verdict;
};

const healths = (verdicts: readonly Verdict[]): string =>
  verdicts.map(({ health }) => ({ up: 'u', down: 'd', unknown: '?' })[health]).join('');

describe('judge', () => {
  it('lets the first observation decide at once', () => {
    assert.equal(healths(fold('+', { rise: 5, fall: 5 })), 'u');
    assert.equal(healths(fold('-', { rise: 5, fall: 5 })), 'd');
  });

  it('learns nothing from a question that could not be asked', () => {
    const before = last(fold('+-', { rise: 1, fall: 2 }));
    const spent: Observation = {
      ...seen(false, 9000),
      outcome: { ok: false, tookMs: 0, failure: 'exhausted', detail: 'connect EMFILE' },
    };
    assert.equal(judge(before, spent, { rise: 1, fall: 2 }), before);
    assert.equal(judge(unjudged(0), spent, { rise: 1, fall: 1 }).health, 'unknown');
  });

  it('turns down only after fall failures in a row, and up only after rise passes in a row', () => {
    assert.equal(healths(fold('+--+---+-++', { rise: 2, fall: 3 })), 'uuuuuuddddu');
  });

  it('turns only after an unbroken run, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.integer({ min: 0, max: 20 * MINUTE_MS }), { minLength: 200, maxLength: 200 }),
        (answers, rise, fall, waits) => {
          let verdict = unjudged(0);
          let at = 0;
          answers.forEach((ok, index) => {
            at += waits[index] ?? 0;
            const before = verdict;
            verdict = judge(before, seen(ok, at), { rise, fall });
            const run = (length: number): readonly boolean[] => answers.slice(index + 1 - length, index + 1);
            assert.equal(verdict.passes === 0, !ok);
            assert.equal(verdict.fails === 0, ok);
            assert.equal(verdict.evidence?.at, at);
            if (before.health === verdict.health) {
              assert.equal(verdict.since, before.since);
              assert.ok(before.health !== 'up' || verdict.fails < fall);
              return;
            }
            assert.equal(verdict.since, at);
            if (before.health === 'unknown') return;
            const needed = verdict.health === 'up' ? rise : fall;
            assert.ok(index + 1 >= needed && run(needed).every((one) => one === (verdict.health === 'up')));
          });
        },
      ),
    );
  });

  it('never asks more than five times rise of one that flaps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 300 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        (answers, rise, fall) => {
          const before = fold(answers.map((ok) => (ok ? '+' : '-')).join(''), { rise, fall }).at(-1);
          const after = fold('+'.repeat(5 * rise), { rise, fall }, before ?? unjudged(0));
          assert.equal(last(after).health, 'up');
        },
      ),
    );
  });

  it('asks a secondary for more passes each time it turned down lately', () => {
    const thresholds = { rise: 2, fall: 1 };
    const once = fold('+-++', thresholds);
    assert.equal(healths(once), 'uddu', 'the first outage costs what the operator wrote');
    const twice = fold('-++++', thresholds, last(once));
    assert.equal(healths(twice), 'ddddu', 'the second twice as much');
    const thrice = fold('-++++++', thresholds, last(twice));
    assert.equal(healths(thrice), 'ddddddu', 'the third three times');
  });

  it('forgets flaps as time goes by', () => {
    const thresholds = { rise: 2, fall: 1 };
    const flapping = last(fold('+-++-++++-++++++', thresholds));
    assert.ok(flapping.flaps > 2.9 && flapping.flaps <= 3);
    const half = judge(flapping, seen(true, (flapping.evidence?.at ?? 0) + 10 * MINUTE_MS), thresholds);
    assert.ok(Math.abs(half.flaps - flapping.flaps / 2) < 1e-9);
    const later = judge(flapping, seen(true, (flapping.evidence?.at ?? 0) + 120 * MINUTE_MS), thresholds);
    assert.equal(healths(fold('-++', thresholds, later)), 'ddu');
  });

  it('forgives every flap where caution is 1', () => {
    const live = { rise: 1, fall: 1, caution: 1 };
    assert.equal(healths(fold('+-+-+-+-+-+', live)), 'udududududu');
  });

  it('does not call it a flap that a secondary is down when it is first asked', () => {
    assert.equal(last(fold('-', { rise: 1, fall: 1 })).flaps, 0);
  });

  it('warms up one that comes back and one that was added, but nobody when the program starts', () => {
    const thresholds = { rise: 2, fall: 1 };
    assert.equal(last(fold('+++', thresholds)).warmingSince, undefined);
    assert.equal(last(fold('+-++', thresholds)).warmingSince, 4000);
    assert.equal(last(fold('+-++++', thresholds)).warmingSince, 4000, 'and goes on from there');
    assert.equal(last(fold('+', thresholds, newcomer(0))).warmingSince, 1000);
    assert.equal(last(fold('-++', thresholds)).warmingSince, 3000);
  });

  it('drops the warming when it turns down again', () => {
    assert.equal(last(fold('+-++-', { rise: 2, fall: 1 })).warmingSince, undefined);
    assert.equal(last(fold('-', { rise: 2, fall: 1 }, newcomer(0))).warmingSince, undefined);
  });
});

describe('a secondary that says it is leaving', () => {
  const leaving = (at: number): Observation => ({
    ...seen(true, at),
    outcome: { ok: true, tookMs: 3, leaving: true, detail: 'HTTP 404: it is leaving' },
  });
  const thresholds: Thresholds = { rise: 1, fall: 1 };

  it('stays up where it was up, or was never asked', () => {
    const up = judge(unjudged(0), leaving(1000), thresholds);
    assert.deepEqual([up.health, up.leaving], ['up', true]);
    const again = judge(up, leaving(2000), thresholds);
    assert.deepEqual([again.health, again.leaving], ['up', true]);
    assert.equal(judge(again, seen(true, 3000), thresholds).leaving, undefined);
  });

  it('is not back where it was down', () => {
    const down = judge(unjudged(0), seen(false, 1000), thresholds);
    const still = judge(down, leaving(2000), thresholds);
    assert.deepEqual([still.health, still.leaving, still.fails], ['down', undefined, 2]);
    assert.equal(still.evidence?.outcome.ok, false);
  });
});
