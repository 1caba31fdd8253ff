import type { Instant } from '../model/clock.ts';
import type { PoolSnapshot, Standing } from '../model/pool.ts';
import type { PoolHead } from './pool-file.ts';

/** A moment by both clocks, so that instants can be told to another machine. */
export interface Moment {
  readonly now: Instant;
  readonly wall: number;
}

/** The text of the pingfile: one line a secondary. */
export const printPingfile = (snapshot: PoolSnapshot, head: Required<PoolHead>, moment: Moment): string =>
  print(head, snapshot, (standing) => pingRow(standing, moment));

/** The text of the sitefile: one line for each secondary that was asked how busy it is. */
export const printSitefile = (snapshot: PoolSnapshot, head: Required<PoolHead>, moment: Moment): string =>
  print(head, snapshot, (standing) => siteRow(standing, moment));

const print = (
  head: Required<PoolHead>,
  { standings }: PoolSnapshot,
  rowOf: (standing: Standing) => object | undefined,
): string => {
  const rows: string[] = [];
  for (const standing of standings.values()) {
    const row = rowOf(standing);
    if (row !== undefined) rows.push(`${JSON.stringify(standing.id)}:${JSON.stringify(row)}`);
  }
  return `${JSON.stringify(head).slice(0, -1)},"secondaries":{\n${rows.join(',\n')}\n}}\n`;
};

const pingRow = ({ verdict }: Standing, moment: Moment): object => {
  const { health, since, passes, fails, flaps, warmingSince, leaving, evidence } = verdict;
  return {
    health,
    since: wallOf(since, moment),
    passes,
    fails,
    flaps: rounded(flaps),
    ...(warmingSince === undefined ? {} : { warmingSince: wallOf(warmingSince, moment) }),
    ...(leaving === undefined ? {} : { leaving }),
    ...(evidence === undefined
      ? {}
      : {
          evidence: {
            check: evidence.check,
            at: wallOf(evidence.at, moment),
            tookMs: rounded(evidence.outcome.tookMs),
            ...(evidence.outcome.ok ? {} : { failure: evidence.outcome.failure }),
            ...(evidence.outcome.detail === undefined ? {} : { detail: evidence.outcome.detail }),
          },
        }),
  };
};

const siteRow = ({ load, loadFailure }: Standing, moment: Moment): object | undefined => {
  if (load === undefined && loadFailure === undefined) return undefined;
  return {
    ...(load === undefined ? {} : { ...load, at: wallOf(load.at, moment) }),
    ...(loadFailure === undefined ? {} : { failure: loadFailure }),
  };
};

/** Never negative: what was seen before 1970 by a clock that was set since then is not worth a refusal. */
const wallOf = (at: Instant, { now, wall }: Moment): number => Math.max(0, Math.round(wall - (now - at)));

const rounded = (number: number): number => Math.round(number * 1000) / 1000;
