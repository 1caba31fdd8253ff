import type { Id } from '../../model/secondary.ts';
import { borneOut, trusted } from './borne-out.ts';
import { CAPACITY, FAST_MS, NONSENSE, ONE_QUEUE } from './constants.ts';
import { meanOf } from './mean.ts';
import { weightedMedian } from './median.ts';
import type { Memory, Remembered } from './memory.ts';

/** One secondary with what was learned of its capacity. */
export interface Rated {
  readonly id: Id;
  readonly row: Remembered;
  /** learned over configured */
  readonly multiple: number;
  /** configured weight times multiple */
  readonly capacity: number;
  /** its busy seconds are those of one queue: only then do they tell its speed and how full it is */
  readonly isOneQueue: boolean;
}

/**
 * Learned capacities, relative to the middle of the pool. The configured weight is kept until what was learned differs
 * by more than its error, so that right weights are not spoiled by noise.
 */
export const capacities = ({ rows }: Memory): readonly Rated[] => {
  const typical = weightedMedian(
    [...rows.values()].map((row) => ({ value: runningOf(row), weight: row.weight })),
  );
  const list = [...rows].map(([id, row]) => {
    const isOneQueue = !hasCoresToSpare(row) || runningOf(row) > ONE_QUEUE.over * typical;
    const isKnown = row.speed.log !== undefined && isOneQueue;
    return { id, row, isOneQueue, difference: isKnown ? row.speed.log - Math.log(row.weight) : NaN };
  });
  const differences = borneOut(
    list.map(({ row, difference }) => ({
      difference,
      weight: row.weight,
      speed: row.speed,
      busy: meanOf(row.busy),
      running: meanOf(row.running),
      looks: Math.min(row.looks, row.running.ms / FAST_MS),
      isFruitful: row.report.done !== undefined,
    })),
  );
  const middle = weightedMedian(
    list.map(({ row }, at) => ({ value: differences[at] ?? NaN, weight: row.weight })),
  );
  return list.map(({ id, row, isOneQueue }, at) => {
    const beyond = (differences[at] ?? NaN) - middle;
    const multiple = Number.isNaN(beyond) ? 1 : bounded(trusted(beyond, row.speed.variance));
    return { id, row, multiple, capacity: row.weight * multiple, isOneQueue };
  });
};

/** Requests usually in service, for its configured weight. */
const runningOf = ({ running, weight }: Remembered): number => meanOf(running) / weight;

/** It is busy nearly always, and yet holds few requests. */
const hasCoresToSpare = ({ busy, running }: Remembered): boolean => {
  const share = meanOf(busy);
  return share > ONE_QUEUE.from && meanOf(running) * (1 - share) < ONE_QUEUE.part * share;
};

const bounded = (log: number): number => Math.max(CAPACITY.least, Math.min(CAPACITY.most, Math.exp(log)));

/** The whole capacity of some. */
export const capacityOf = (list: readonly Rated[]): number =>
  list.reduce((sum, { capacity }) => sum + capacity, 0);

/** A figure that some secondaries tell, with how it lies in the pool. */
export interface Figure {
  /** of each, up to the most that is believed; undefined: not told, or nonsense */
  readonly of: readonly (number | undefined)[];
  /** for each unit of capacity, in the middle of those that tell; NaN where nobody does */
  readonly middle: number;
}

/**
 * Reads a figure of every secondary as a stranger's: what is far above the middle of the pool counts as the most that is
 * believed, what is absurdly far is not told. Of two that tell, the middle is as far from either: both are believed.
 */
export const figureOf = (
  pool: readonly Rated[],
  read: (one: Rated) => number | undefined,
  most: { readonly times: number; readonly plus: number },
): Figure => {
  const told = pool.map(read);
  const middle = weightedMedian(
    pool.map(({ capacity }, at) => ({ value: (told[at] ?? NaN) / capacity, weight: capacity })),
  );
  return {
    of: pool.map(({ capacity }, at) => {
      const value = told[at];
      const limit = most.times * middle * capacity + most.plus;
      return value === undefined || value > NONSENSE * limit ? undefined : Math.min(value, limit);
    }),
    middle,
  };
};
