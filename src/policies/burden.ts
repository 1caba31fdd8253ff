import { countsVisitors, type LoadReport } from '../model/load-report.ts';
import type { NonEmpty } from '../model/non-empty.ts';
import type { Candidate, LedgerView, Prepared } from '../model/policy.ts';
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
  const held = heldBy(candidates);
  const before = Float64Array.from(candidates, ({ load, sentBefore }) =>
    countsVisitors(load) ? 0 : sentBefore,
  );
  const next = candidates.some(({ load }) => countsVisitors(load))
    ? new Float64Array(candidates.length).fill(1)
    : untilNextTurn(candidates);
  const burden = (place: number, ledger: LedgerView): number => {
    const { slot, weight } = candidates[place] ?? candidates[0];
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
  };
};

/** How far each is from its next turn, 0 to 1: drawn by what was sent so far. */
const untilNextTurn = (candidates: NonEmpty<Candidate>): Float64Array => {
  const sent = candidates.reduce((sum, { sentBefore }) => sum + sentBefore, 0);
  return Float64Array.from(candidates, ({ slot }) => fractionOf(mixed(sent, Math.imul(slot, SPREAD))));
};

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
export const heldBy = (candidates: NonEmpty<Candidate>): Float64Array => {
  const isReported = (figure: FigureName): boolean =>
    candidates.some(({ load }) => load?.[figure] !== undefined);
  const count = isReported('running') ? 'running' : 'sessions';
  const fair = isReported(count) ? averageOf(count, candidates) : 1;
  const others = OTHERS.map((figure) => ({ figure, average: averageOf(figure, candidates) }));

  return Float64Array.from(candidates, (candidate) => {
    const { load, weight } = candidate;
    const told = load?.[count];
    if (told !== undefined) return told;
    const other = others.find(({ figure }) => load?.[figure] !== undefined);
    if (other === undefined || !(other.average > 0)) return fair * weight;
    return (perWeight(other.figure, candidate) / other.average) * fair * weight;
  });
};

/** Slots are neighbours; multiplied by this (2^32 divided by the golden ratio) they are far apart. */
const SPREAD = 0x9e3779b1;

type FigureName = keyof LoadReport & ('running' | 'sessions' | 'utilization' | 'answerMs');
const OTHERS = ['sessions', 'utilization'] as const satisfies readonly FigureName[];

/** Counts grow with the size of a machine; shares do not. */
const perWeight = (figure: FigureName, { load, weight }: Candidate): number =>
  (load?.[figure] ?? 0) / (figure === 'running' || figure === 'sessions' ? weight : 1);

/** The average of a figure for each unit of weight, over those that report it. */
const averageOf = (figure: FigureName, candidates: NonEmpty<Candidate>): number => {
  let sum = 0;
  let weights = 0;
  for (const candidate of candidates) {
    if (candidate.load?.[figure] === undefined) continue;
    sum += perWeight(figure, candidate) * candidate.weight;
    weights += candidate.weight;
  }
  return weights > 0 ? sum / weights : 0;
};
