import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNonEmpty } from '../../src/model/non-empty.ts';
import type { Place } from '../../src/model/place.ts';
import type { Candidate, NearnessView } from '../../src/model/policy.ts';
import { policies } from '../../src/policies/index.ts';
import { made } from '../contracts/made.ts';
import { createLedger, drawOf, poolOf, tally } from './pool-of.ts';

const BERLIN: Place = [52.5, 13.4];
const PARIS: Place = [48.9, 2.4];
const SYDNEY: Place = [-33.9, 151.2];
const VIENNA: Place = [48.2, 16.4];

const nearest = made(policies, 'nearest', { learn: 0 });

/** A pool whose secondaries are in these places. */
const at = (places: readonly (Place | undefined)[], differs: readonly Partial<Candidate>[] = []) => {
  const pool = poolOf(places.map((_, n) => differs[n] ?? {})).map((candidate, n) => {
    const place = places[n];
    return place === undefined ? candidate : { ...candidate, secondary: { ...candidate.secondary, place } };
  });
  assert.ok(isNonEmpty(pool));
  return pool;
};

const from = (place: Place) => ({ whereabouts: () => place });

const nothing: NearnessView = {
  find: () => -1,
  note: () => undefined,
  places: 0,
  slotAt: () => -1,
  msAt: () => NaN,
  countAt: () => 3,
  unanswered: () => 0,
};

/** The network knows how long these slots take. */
const knowing = (ms: Readonly<Record<number, number>>): NearnessView => {
  const known = Object.entries(ms);
  return {
    ...nothing,
    find: () => 0,
    places: known.length,
    slotAt: (_row, place) => Number(known[place]?.[0] ?? -1),
    msAt: (_row, place) => known[place]?.[1] ?? NaN,
  };
};

describe('nearest, where only distance is known', () => {
  it('sends a visitor to one on his side of the Earth', () => {
    const { pick, score } = nearest(at([SYDNEY, BERLIN, SYDNEY]));
    const draw = drawOf({ near: nothing, ...from(VIENNA) });
    for (let n = 0; n < 20; n += 1) assert.equal(pick(draw).slot, 1);
    const [far, close] = at([SYDNEY, BERLIN]);
    assert.ok(close !== undefined && (score?.(close, draw) ?? NaN) < (score?.(far, draw) ?? NaN));
  });

  it('takes the less burdened of those hardly farther, and none that is full', () => {
    const busy = at(
      [PARIS, PARIS, SYDNEY],
      [{ load: { at: 0, running: 5 } }, { load: { at: 0, running: 1 } }],
    );
    assert.equal(nearest(busy).pick(drawOf({ near: nothing, ...from(PARIS) })).slot, 1);
    const full = at([SYDNEY, PARIS, BERLIN], [{}, { load: { at: 0, utilization: 0.95 } }]);
    assert.equal(nearest(full).pick(drawOf({ near: nothing, ...from(PARIS) })).slot, 2);
  });

  it('is overruled by what browsers measured', () => {
    const pool = at([PARIS, SYDNEY]);
    const measured = drawOf({ near: knowing({ 0: 300, 1: 20 }), ...from(PARIS) });
    assert.equal(nearest(pool).pick(measured).slot, 1, 'both are measured');
    const three = at([PARIS, PARIS, SYDNEY]);
    const partly = drawOf({ near: knowing({ 0: 900 }), ...from(PARIS) });
    for (let n = 0; n < 20; n += 1) assert.equal(nearest(three).pick(partly).slot, 1, 'one is measured');
  });

  it('leaves nobody without visitors for not saying where he is', () => {
    const { pick } = nearest(at([BERLIN, SYDNEY, undefined]));
    const ledger = createLedger();
    const draw = drawOf({ near: nothing, ...from(BERLIN), ledger });
    const counts = tally(60, 3, () => {
      const { slot } = pick(draw);
      ledger.add(slot);
      return slot;
    });
    assert.deepEqual(counts, [30, 0, 30]);
  });
});
