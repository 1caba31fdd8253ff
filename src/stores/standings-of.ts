import type { Instant } from '../model/clock.ts';
import type { LoadReport } from '../model/load-report.ts';
import type { Observation } from '../model/outcome.ts';
import type { Standing } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import { finish, type Slices } from '../model/slices.ts';
import type { Verdict } from '../model/verdict.ts';
import type { PingRow, PoolFile, SiteRow } from './pool-file.ts';

/** A file with the instant, by the reader's own clock, at which it was first seen. */
export interface Seen<Row> {
  readonly file: PoolFile<Row>;
  readonly firstSeenAt: Instant;
}

/** The files as they were read the last time, and what they told then. */
export interface Told {
  readonly ping: Seen<PingRow>;
  readonly site: Seen<SiteRow> | undefined;
  readonly standings: ReadonlyMap<Id, Standing>;
}

/** What the reader goes by. */
export interface Reader {
  /** whom the config lists; everybody else in the files is passed over */
  readonly ids: Iterable<Id>;
  /** what was believed before: fills in what a short file does not tell */
  readonly before: ReadonlyMap<Id, Standing>;
  /** when it started: since then those are unknown of whom the files say nothing */
  readonly startedAt: Instant;
  /** so that what was observed once keeps its instant, however often it is written again */
  readonly told?: Told;
}

/** The standings that the two files tell; a secondary they do not name is unknown. */
export const standingsOf = (
  ping: Seen<PingRow>,
  site: Seen<SiteRow> | undefined,
  reader: Reader,
): ReadonlyMap<Id, Standing> => finish(standingsInSlices(ping, site, reader));

/** A slice takes some two hundred microseconds. */
const ROWS_A_SLICE = 128;

/** The same in slices. */
export function* standingsInSlices(
  ping: Seen<PingRow>,
  site: Seen<SiteRow> | undefined,
  { ids, before, startedAt, told }: Reader,
): Slices<ReadonlyMap<Id, Standing>> {
  const standings = new Map<Id, Standing>();
  for (const id of ids) {
    if (standings.size % ROWS_A_SLICE === ROWS_A_SLICE - 1) yield;
    const pingRow = ping.file.rows.get(id);
    const siteRow = site?.file.rows.get(id);
    const known = told?.standings.get(id);
    const load =
      site === undefined || siteRow === undefined
        ? undefined
        : reportOf(siteRow, site, { row: rowOf(told?.site, site, id), report: known?.load });
    standings.set(id, {
      id,
      verdict:
        pingRow === undefined
          ? { health: 'unknown', since: startedAt, passes: 0, fails: 0, flaps: 0 }
          : verdictOf(pingRow, ping, {
              id,
              before: before.get(id)?.verdict,
              row: rowOf(told?.ping, ping, id),
              known: known?.verdict,
            }),
      ...(load === undefined ? {} : { load }),
      ...(siteRow?.failure === undefined ? {} : { loadFailure: siteRow.failure }),
    });
  }
  return standings;
}

/** A secondary's row as the same run of the same writer wrote it before. */
const rowOf = <Row>(told: Seen<Row> | undefined, now: Seen<Row>, id: Id): Row | undefined =>
  told?.file.epoch === now.file.epoch ? told?.file.rows.get(id) : undefined;

/**
 * An instant of the writer as one of the reader: as long before the file was first seen here as it was before the file
 * was written there. So the two wall clocks need not agree, and nothing is ever in the future.
 */
const instantOf = (wall: number | undefined, { file: { writtenAt }, firstSeenAt }: Seen<unknown>): Instant =>
  wall === undefined || writtenAt === undefined ? firstSeenAt : firstSeenAt - Math.max(0, writtenAt - wall);

/** The same, but what was told before as the same moment stays the same instant. */
const sameInstantOf = (
  wall: number | undefined,
  before: readonly [wall: number | undefined, instant: Instant | undefined],
  seen: Seen<unknown>,
): Instant =>
  wall !== undefined && wall === before[0] && before[1] !== undefined ? before[1] : instantOf(wall, seen);

const reportOf = (
  { at, report }: SiteRow,
  seen: Seen<SiteRow>,
  told: { readonly row: SiteRow | undefined; readonly report: LoadReport | undefined },
): LoadReport | undefined =>
  Object.keys(report).length === 0
    ? undefined
    : { ...report, at: sameInstantOf(at, [told.row?.at, told.report?.at], seen) };

interface VerdictContext {
  readonly id: Id;
  readonly before: Verdict | undefined;
  /** the row and the verdict of the last time that the file was read */
  readonly row: PingRow | undefined;
  readonly known: Verdict | undefined;
}

const verdictOf = (row: PingRow, seen: Seen<PingRow>, context: VerdictContext): Verdict => {
  const { before, row: told, known } = context;
  const { health, passes, fails, flaps = 0 } = row;
  const since =
    row.since === undefined
      ? sinceOf(row, before, seen)
      : sameInstantOf(row.since, [told?.since, known?.since], seen);
  const warmingSince =
    row.warmingSince === undefined
      ? warmingOf(row, before, seen)
      : sameInstantOf(row.warmingSince, [told?.warmingSince, known?.warmingSince], seen);
  const evidence = row.evidence === undefined ? undefined : observationOf(row, seen, context);
  return {
    health,
    since,
    passes: passes ?? (health === 'up' ? 1 : 0),
    fails: fails ?? (health === 'down' ? 1 : 0),
    flaps,
    ...(warmingSince === undefined ? {} : { warmingSince }),
    ...(row.leaving === true && health === 'up' ? { leaving: true } : {}),
    ...(evidence === undefined ? {} : { evidence }),
  };
};

const sinceOf = (
  { health }: PingRow,
  before: Verdict | undefined,
  { firstSeenAt }: Seen<unknown>,
): Instant => (before?.health === health ? before.since : firstSeenAt);

/** A writer that does not say since when does not warm up either: then the reader does, when it sees one come back. */
const warmingOf = (row: PingRow, before: Verdict | undefined, seen: Seen<PingRow>): Instant | undefined => {
  if (row.since !== undefined || row.health !== 'up') return undefined;
  return before?.health === 'down' ? seen.firstSeenAt : before?.warmingSince;
};

const observationOf = (
  { health, passes = 0, leaving, evidence = {} }: PingRow,
  seen: Seen<PingRow>,
  { id, row: told, known }: VerdictContext,
): Observation => {
  const { check = seen.file.writer ?? 'file', at, tookMs = 0, failure, detail } = evidence;
  const hasFailed = failure !== undefined || (health === 'down' && passes === 0);
  return {
    secondary: id,
    check,
    at: sameInstantOf(at, [told?.evidence?.at, known?.evidence?.at], seen),
    outcome: hasFailed
      ? { ok: false, tookMs, failure: failure ?? 'command', detail: detail ?? 'no reason is given' }
      : {
          ok: true,
          tookMs,
          ...(detail === undefined ? {} : { detail }),
          ...(leaving === true ? { leaving } : {}),
        },
  };
};
