import { countsVisitors, type LoadReport } from '../model/load-report.ts';
import type { NonEmpty } from '../model/non-empty.ts';
import type { Candidate, LedgerView, Prepared } from '../model/policy.ts';
import { ahead, inSlices, type Slices } from '../model/slices.ts';
import { fractionOf, mixed } from './fingerprint.ts';

/** What each of a list of candidates has to bear. */
export interface Burdens {
  /**
   * How much the candidate in this place would bear for each unit of its weight, were it given one more visitor: (held +
   * sent since + 1) / weight, the shortest expected delay; less is better. Where nobody counts visitors, it is how far the
   * candidate is from its next turn.
   */
  readonly of: (place: number, ledger: LedgerView) => number;
  /** The same as the score of a policy that compares it. */
  readonly score: NonNullable<Prepared['score']>;
  /** Does in slices what else the first question does. */
  readonly begin: () => Slices;
}

/**
 * Joins what candidates reported with what the ledger counts: visitors sent since the report. Where there is no count of
 * visitors in a report to go on from, those are counted that were sent since the candidates were made; so one that is new
 * or silent is neither flooded nor shunned for what was sent long ago.
 *
 * If nobody counts visitors, each begins a snapshot somewhere before its next turn, drawn by what was sent so far. Would
 * all begin alike, and visitors were rarer than snapshots, everyone would go to the heaviest.
 */
export const burdensOf = (candidates: NonEmpty<Candidate>): Burdens => {
  const addends = ahead(() => addendsOf(candidates));
  const burden = (place: number, ledger: LedgerView): number => {
    const { slot, weight } = candidates[place] ?? candidates[0];
    const { held, before, next } = addends.get();
    // its first report may be known to the ledger already: never less than none
    const sent = Math.max(0, ledger.since(slot) - (before[place] as number));
    return ((held[place] as number) + sent + (next[place] as number)) / weight;
  };

  let places: ReadonlyMap<Candidate, number> | undefined; // only `explain` and the dashboard ask for scores
  return {
    of: burden,
    score: (candidate, { ledger }) => {
      places ??= new Map(candidates.map((one, place) => [one, place]));
      return burden(places.get(candidate) ?? 0, ledger);
    },
    begin: addends.begin,
  };
};

/** What a burden is the sum of, by place. */
interface Addends {
  readonly held: Float64Array;
  /** of those sent, whom not to count */
  readonly before: Float64Array;
  /** the visitor to come; where nobody counts visitors how far the next turn is, 0 to 1: drawn by what was sent so far */
  readonly next: Float64Array;
}

function* addendsOf(candidates: NonEmpty<Candidate>): Slices<Addends> {
  const held = yield* heldBy(candidates);
  const before = new Float64Array(candidates.length);
  const next = new Float64Array(candidates.length).fill(1);
  let sent = 0;
  let counting = 0;
  yield* inSlices(candidates, ({ load, sentBefore }, place) => {
    sent += sentBefore;
    if (countsVisitors(load)) counting += 1;
    else before[place] = sentBefore;
  });
  if (counting > 0) return { held, before, next };
  yield* inSlices(candidates, ({ slot }, place) => {
    next[place] = fractionOf(mixed(sent, Math.imul(slot, SPREAD)));
  });
  return { held, before, next };
}

/**
 * How many visitors each candidate held when it last reported; in the unit of `running`, or of `sessions` where nobody
 * tells `running`.
 *
 * The rule for a pool whose reports differ: a candidate holds what it reports as `running` (as `sessions`, where nobody
 * reports `running`); whoever reports only another figure holds the fair share of its weight in that, times how its
 * figure compares with the average of all that report the same one; whoever reports nothing holds its fair share. Answer
 * times are left out: of two that are idle the farther one takes longer, and would get nobody where visitors are rare.
 *
 * Where nobody reports a count, the fair share is one visitor for each unit of weight: figures order the candidates
 * while the news is fresh, and the primary's own count does as it ages.
 */
export function* heldBy(candidates: NonEmpty<Candidate>): Slices<Float64Array> {
  const averages = yield* averagesOf(candidates);
  const count = averages.running === undefined ? 'sessions' : 'running';
  const fair = averages[count] ?? 1;
  const held = new Float64Array(candidates.length);
  yield* inSlices(candidates, (candidate, place) => {
    const { load, weight } = candidate;
    const other = OTHERS.find((figure) => load?.[figure] !== undefined);
    const average = other === undefined ? 0 : (averages[other] ?? 0);
    const like = other !== undefined && average > 0 ? perWeight(other, candidate) / average : 1;
    held[place] = load?.[count] ?? like * fair * weight;
  });
  return held;
}

/** Slots are neighbours; multiplied by this (2^32 divided by the golden ratio) they are far apart. */
const SPREAD = 0x9e3779b1;

const FIGURES = ['running', 'sessions', 'utilization'] as const satisfies readonly (keyof LoadReport)[];
type FigureName = (typeof FIGURES)[number];
/** What stands in for the count. */
const OTHERS = ['sessions', 'utilization'] as const satisfies readonly FigureName[];

/** Counts grow with the size of a machine; shares do not. */
const perWeight = (figure: FigureName, { load, weight }: Candidate): number =>
  (load?.[figure] ?? 0) / (figure === 'running' || figure === 'sessions' ? weight : 1);

/** The averages of figures for each unit of weight, over those that report them; of one that nobody reports there is none. */
function* averagesOf(candidates: NonEmpty<Candidate>): Slices<{ readonly [Name in FigureName]?: number }> {
  const sums = FIGURES.map((figure) => ({ figure, sum: 0, weights: 0 }));
  yield* inSlices(candidates, (candidate) => {
    for (const one of sums) {
      if (candidate.load?.[one.figure] === undefined) continue;
      one.sum += perWeight(one.figure, candidate) * candidate.weight;
      one.weights += candidate.weight;
    }
  });
  const reported = sums.filter(({ weights }) => weights > 0);
  return Object.fromEntries(reported.map(({ figure, sum, weights }) => [figure, sum / weights]));
}
