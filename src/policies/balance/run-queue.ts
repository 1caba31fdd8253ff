import type { LoadReport } from '../../model/load-report.ts';
import { capacityOf, figureOf, type Rated } from './capacities.ts';
import { LEAST_ANSWER_MS, MOST_RUNNING } from './constants.ts';
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
 * else utilization, else the time of answers; whoever tells another or none has a fair queue. Of whom that would be
 * no wonder, because he lies or turns visitors away, it is not below fair.
 */
export const runQueueOf = (pool: readonly Rated[], doubted: ReadonlySet<Id>): RunQueue => {
  const read = mostTold(pool);
  const told = figureOf(pool, (one) => read(one.row, one.capacity), MOST_RUNNING);
  const believed = pool.map((one, at) => ({ ...one, running: told.of[at] }));
  const sure = believed.filter(({ id, running }) => running !== undefined && !doubted.has(id));
  const telling = sure.length > 0 ? sure : believed.filter(({ running }) => running !== undefined);
  const capacity = capacityOf(telling);
  const fair = capacity > 0 ? telling.reduce((sum, { running = 0 }) => sum + running, 0) / capacity : 0;
  return {
    isTold: believed.map(({ running }) => running !== undefined),
    excess: believed.map(({ id, running, capacity }) => {
      if (running === undefined) return 0;
      const excess = running - fair * capacity;
      return doubted.has(id) ? Math.max(0, excess) : excess;
    }),
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
  answerMs !== undefined && usualMs >= 0 ? answerMs / Math.max(usualMs, LEAST_ANSWER_MS) : undefined;

const mostTold = (pool: readonly Rated[]): Reading => {
  const weighed = FIGURES.map((read) => ({
    read,
    weight: capacityOf(pool.filter(({ row, capacity }) => read(row, capacity) !== undefined)),
  }));
  return weighed.reduce((best, one) => (one.weight > best.weight ? one : best)).read;
};
