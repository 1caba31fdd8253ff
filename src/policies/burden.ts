import type { LoadReport } from '../model/load-report.ts';
import type { NonEmpty } from '../model/non-empty.ts';
import type { Candidate, LedgerView, Prepared } from '../model/policy.ts';

/** A candidate with the visitors it held when it last reported. */
export interface Laden {
  readonly candidate: Candidate;
  /** finite, not negative; in the unit of `running`, or of `sessions` where nobody tells `running` */
  readonly held: number;
}

/**
 * How much each secondary has to bear for each unit of its weight, were it given one more visitor: (held + sent since
 * its report + 1) / weight, the shortest expected delay; less is better.
 */
export const burdenOf = ({ candidate, held }: Laden, ledger: LedgerView): number =>
  (held + ledger.since(candidate.slot) + 1) / candidate.weight;

/**
 * Reads what each candidate holds from its report.
 *
 * The rule for a pool whose reports differ: a candidate holds what it reports as `running` (as `sessions`, where nobody
 * reports `running`); whoever reports only another figure holds the fair share of its weight in that, times how its
 * figure compares with the average of all that report the same one; whoever reports nothing holds its fair share.
 *
 * Where nobody reports a count, the fair share is one visitor for each unit of weight: figures order the candidates
 * while the news is fresh, and the primary's own count does as it ages.
 */
export const ladenOf = (candidates: NonEmpty<Candidate>): NonEmpty<Laden> => {
  const reported = (figure: Figure) => candidates.some(({ load }) => load?.[figure] !== undefined);
  const count = reported('running') ? 'running' : 'sessions';
  const fair = reported(count) ? averageOf(count, candidates) : 1;
  const others = OTHERS.map((figure) => ({ figure, average: averageOf(figure, candidates) }));

  const read = (candidate: Candidate): Laden => {
    const { load, weight } = candidate;
    const told = load?.[count];
    if (told !== undefined) return { candidate, held: told };
    const other = others.find(({ figure }) => load?.[figure] !== undefined);
    if (other === undefined || !(other.average > 0)) return { candidate, held: fair * weight };
    return { candidate, held: (perWeight(other.figure, candidate) / other.average) * fair * weight };
  };
  const [first, ...rest] = candidates;
  return [read(first), ...rest.map(read)];
};

/** The burden as the score of a policy that compares it. */
export const scoreBy = (laden: NonEmpty<Laden>): NonNullable<Prepared['score']> => {
  let rows: ReadonlyMap<Candidate, Laden> | undefined; // only `explain` and the dashboard ask
  return (candidate, { ledger }) => {
    rows ??= new Map(laden.map((row) => [row.candidate, row]));
    return burdenOf(rows.get(candidate) ?? laden[0], ledger);
  };
};

type Figure = 'running' | 'sessions' | 'utilization' | 'answerMs';
const OTHERS = ['sessions', 'utilization', 'answerMs'] as const satisfies readonly (keyof LoadReport &
  Figure)[];

/** Counts grow with the size of a machine; shares and times do not. */
const perWeight = (figure: Figure, { load, weight }: Candidate): number =>
  (load?.[figure] ?? 0) / (figure === 'running' || figure === 'sessions' ? weight : 1);

/** The average of a figure for each unit of weight, over those that report it. */
const averageOf = (figure: Figure, candidates: NonEmpty<Candidate>): number => {
  let sum = 0;
  let weights = 0;
  for (const candidate of candidates) {
    if (candidate.load?.[figure] === undefined) continue;
    sum += perWeight(figure, candidate) * candidate.weight;
    weights += candidate.weight;
  }
  return weights > 0 ? sum / weights : 0;
};
