import type { LoadReport } from '../../model/load-report.ts';
import { capacityOf, figureOf, type Rated } from './capacities.ts';
import { MOST_RUNNING } from './constants.ts';
import { meanOf } from './mean.ts';
import type { Remembered } from './memory.ts';
import type { Id } from '../../model/secondary.ts';

/** Requests in service in the pool, as far as reports can be believed. */
export interface RunQueue {
  /** whether its figure is told */
  readonly isTold: readonly boolean[];
  /** of each, beyond what is fair; 0 where it is not told */
  readonly excess: readonly number[];
  /** all requests in service, of those that do not tell as well */
  readonly running: number;
}

/**
 * How far each run queue is from the fair one. The figure is the one that most of the pool tells: requests in service,
 * else utilization, else the time of answers; whoever tells another or none has a fair queue. A liar's is not below fair.
 */
export const runQueueOf = (pool: readonly Rated[], liars: ReadonlySet<Id>): RunQueue => {
  const read = mostTold(pool);
  const told = figureOf(pool, (one) => read(one.row, one.capacity), MOST_RUNNING);
  const of = pool.map(({ id, capacity }, at) => {
    const running = told.of[at];
    return running !== undefined && liars.has(id) ? Math.max(running, told.middle * capacity) : running;
  });
  const telling = capacityOf(pool.filter((_, at) => of[at] !== undefined));
  const fair = telling > 0 ? of.reduce((sum: number, one) => sum + (one ?? 0), 0) / telling : 0;
  return {
    isTold: of.map((running) => running !== undefined),
    excess: pool.map(({ capacity }, at) => (of[at] ?? fair * capacity) - fair * capacity),
    running: fair * capacityOf(pool),
  };
};

type Reading = (row: Remembered, capacity: number) => number | undefined;

/** Figures in order of what they are worth, each in requests of a machine of that capacity. */
const FIGURES: readonly Reading[] = [
  ({ report }) => report.running,
  ({ report }, capacity) => times(report.utilization, capacity),
  // Over its usual time: a way that is longer is not a load that is higher.
  ({ report, answerMs }, capacity) => times(slowness(report, meanOf(answerMs)), capacity),
];

const times = (level: number | undefined, capacity: number): number | undefined =>
  level === undefined ? undefined : level * capacity;

const slowness = ({ answerMs }: LoadReport, usualMs: number): number | undefined =>
  answerMs !== undefined && usualMs > 0 ? answerMs / usualMs : undefined;

const mostTold = (pool: readonly Rated[]): Reading => {
  const weighed = FIGURES.map((read) => ({
    read,
    weight: capacityOf(pool.filter(({ row, capacity }) => read(row, capacity) !== undefined)),
  }));
  return weighed.reduce((best, one) => (one.weight > best.weight ? one : best)).read;
};
