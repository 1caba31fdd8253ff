import type { Id } from '../../model/secondary.ts';
import { capacityOf, figureOf, type Rated } from './capacities.ts';
import {
  CONTRADICTION,
  CONTRADICTION_LEAST,
  LONGEST_LIFE_MS,
  MOST_SESSIONS,
  PER_VISITOR,
} from './constants.ts';
import { meanOf } from './mean.ts';
import { weightedMedian } from './median.ts';
import { isYoung } from './served.ts';

/** Sessions of the pool, as far as reports can be believed. */
export interface Sessions {
  /** of each; undefined: not told, the primary's own counts stand for it */
  readonly of: readonly (number | undefined)[];
  /** sessions for each visitor in the slow counts */
  readonly perVisitor: number;
  /** all sessions, of those that do not tell as well */
  readonly held: number;
  /** those whose report contradicts what they were sent */
  readonly liars: ReadonlySet<Id>;
}

/**
 * Sessions as told, where most of the pool tells them and they are of visitors who are still there; else the primary's
 * own counts alone.
 *
 * A visitor of ours stands for as many sessions as there are, in the middle of the pool, for each of ours. Where other
 * primaries send visitors too, that is more than one: what we do, they do, as they read the same reports. So no flock
 * comes of it, whether or not anybody counts the sessions that begin.
 */
export const sessionsOf = (pool: readonly Rated[], fruitless: ReadonlySet<Id>): Sessions => {
  const told = figureOf(pool, ({ row }) => row.report.sessions, MOST_SESSIONS);
  const telling = pool.flatMap((one, at) => {
    const sessions = told.of[at];
    return sessions === undefined ? [] : [{ ...one, sessions }];
  });
  if (capacityOf(telling) * 2 <= capacityOf(pool) || lifeMsOf(telling) > LONGEST_LIFE_MS) {
    const held = pool.reduce((sum, { row }) => sum + row.slowBefore, 0);
    return { of: pool.map(() => undefined), perVisitor: 1, held, liars: new Set() };
  }

  const proven = telling.filter(({ row }) => row.slowBefore >= CONTRADICTION_LEAST);
  const typical = weightedMedian(
    proven.map(({ sessions, row }) => ({ value: sessions / row.slowBefore, weight: row.slowBefore })),
  );
  const due = ({ id, row }: Rated): number =>
    (isYoung(row) && !fruitless.has(id) ? Math.min(1, typical) : typical) * row.slowBefore;
  const liars = new Set(proven.filter((one) => one.sessions < CONTRADICTION * due(one)).map(({ id }) => id));
  const of = pool.map(({ id, row, capacity }, at) =>
    liars.has(id) ? Math.max(typical * row.slowBefore, told.middle * capacity) : told.of[at],
  );
  return {
    of,
    perVisitor: Number.isNaN(typical) ? 1 : Math.max(PER_VISITOR.least, Math.min(PER_VISITOR.most, typical)),
    held: pool.reduce((sum, { capacity }, at) => sum + (of[at] ?? told.middle * capacity), 0),
    liars,
  };
};

interface Telling extends Rated {
  readonly sessions: number;
}

/** By Little's law: how long a session is kept, on average. Those kept for long say nothing of who is there. */
const lifeMsOf = (telling: readonly Telling[]): number =>
  weightedMedian(
    telling.map(({ row: { began }, sessions, capacity }) => ({
      value: sessions / meanOf(began),
      weight: capacity,
    })),
  );
