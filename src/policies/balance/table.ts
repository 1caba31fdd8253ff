import type { NonEmpty } from '../../model/non-empty.ts';
import type { Candidate, Outlook } from '../../model/policy.ts';
import { inSlices, zeros, type Slices } from '../../model/slices.ts';
import { FAST_MS, LEARNED_RISE, LEAST_SHARE, OWN_REQUEST, SLOW_MS } from './constants.ts';

/** Candidates in flat arrays, by their place in the list. */
export interface Table {
  readonly outlook: Outlook;
  /** the instant that `sessions` and `excess` are of */
  readonly at: number;
  readonly slots: Int32Array;
  /** sessions reported, less own visitors among them; fading slowly */
  readonly sessions: Float64Array;
  /** requests in service beyond the fair ones, less own visitors among them, in sessions; fading fast */
  readonly excess: Float64Array;
  /** sessions that one visitor of the fast counts stands for */
  readonly perFast: number;
  /** half of what the visitor to come adds, and as many sessions as others have to those who come back */
  readonly fixed: Float64Array;
  readonly capacities: Float64Array;
  readonly warmths: Float64Array;
  /** the share of all visitors that is fair, in which what it says of its speed counts up to a limit */
  readonly fairShares: Float64Array;
  /** the share of all visitors that each gets at least, whatever it says */
  readonly leastShares: Float64Array;
}

/** Where nobody learns: weights as configured, own counts alone. */
const BLIND: Outlook = { perVisitor: 1, load: 1, usual: 0, perRequest: 0, fairSessions: 0, fairFast: 0 };

/** A slice takes some twenty microseconds. */
const ROWS_A_SLICE = 512;

/**
 * Lays out the candidates with what is believed of them, in slices; a secondary that never reported has own counts
 * alone.
 */
export function* tableOf(candidates: NonEmpty<Candidate>): Slices<Table> {
  const { length } = candidates;
  let outlook = BLIND;
  let at = 0;
  yield* inSlices(candidates, ({ belief }) => {
    if (belief === undefined) return;
    ({ outlook } = belief);
    if (belief.at > at) ({ at } = belief);
  });
  const slots = new Int32Array(length);
  const sessions = yield* zeros(length);
  const excess = yield* zeros(length);
  const fixed = yield* zeros(length);
  const capacities = yield* zeros(length);
  const warmths = yield* zeros(length);
  const fairShares = yield* zeros(length);
  const leastShares = yield* zeros(length);
  let whole = 0;
  let weights = 0;
  const { perVisitor, perRequest, fairSessions, fairFast } = outlook;
  const perFast = perRequest * OWN_REQUEST;
  // Reports are read together: what they faded by since is worked out once for all of one reading.
  let readAt = at;
  let slowly = 1;
  let quickly = 1;
  for (const [place, { slot, weight, warmth, belief }] of candidates.entries()) {
    if (place % ROWS_A_SLICE === ROWS_A_SLICE - 1) yield;
    const multiple = belief?.capacity ?? 1;
    const capacity = (weight / warmth) * multiple;
    const fair = weight * Math.min(multiple, LEARNED_RISE);
    fairShares[place] = fair;
    whole += fair;
    leastShares[place] = LEAST_SHARE * weight;
    weights += weight;
    slots[place] = slot;
    capacities[place] = capacity;
    warmths[place] = warmth;
    // Half a step, so that turns go by weight even where everybody holds next to nothing (Webster's way to round).
    // Who comes back is as full as others at first: or it would be caught up with at full blast.
    fixed[place] = (perVisitor + perFast) / 2 + fairSessions * capacity * (1 - warmth);
    // Whose run queue nobody tells has a fair one: of his own visitors it holds as many as others' do.
    excess[place] = -perFast * fairFast * capacity;
    if (belief === undefined) continue;
    if (belief.at !== readAt) {
      readAt = belief.at;
      slowly = Math.exp((readAt - at) / SLOW_MS);
      quickly = Math.exp((readAt - at) / FAST_MS);
    }
    sessions[place] = (belief.sessions - perVisitor * belief.slowBefore) * slowly;
    if (Number.isNaN(belief.fastBefore)) continue;
    // Of whom others were read since then: what was told fades into what is fair, as do his own visitors of before.
    const told = perRequest * belief.excess - perFast * belief.fastBefore;
    excess[place] = told * quickly + (excess[place] ?? 0) * (1 - quickly);
  }
  yield* inSlices(fairShares, (fair, place) => {
    fairShares[place] = fair / whole;
    leastShares[place] = (leastShares[place] ?? 0) / weights;
  });
  return {
    outlook,
    at,
    slots,
    sessions,
    excess,
    perFast,
    fixed,
    capacities,
    warmths,
    fairShares,
    leastShares,
  };
}
