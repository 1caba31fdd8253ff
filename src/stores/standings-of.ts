import type { Instant } from '../model/clock.ts';
import type { LoadReport } from '../model/load-report.ts';
import type { Observation } from '../model/outcome.ts';
import type { Standing } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import type { Verdict } from '../model/verdict.ts';
import type { PingRow, PoolFile, SiteRow } from './pool-file.ts';

/** A file with the instant, by the reader's own clock, at which it was first seen. */
export interface Seen<Row> {
  readonly file: PoolFile<Row>;
  readonly firstSeenAt: Instant;
}

/** What the reader goes by. */
export interface Reader {
  /** whom the config lists; everybody else in the files is passed over */
  readonly ids: Iterable<Id>;
  /** what was believed before: fills in what a short file does not tell */
  readonly before: ReadonlyMap<Id, Standing>;
  /** when it started: since then those are unknown of whom the files say nothing */
  readonly startedAt: Instant;
}

/** The standings that the two files tell; a secondary they do not name is unknown. */
export const standingsOf = (
  ping: Seen<PingRow>,
  site: Seen<SiteRow> | undefined,
  { ids, before, startedAt }: Reader,
): ReadonlyMap<Id, Standing> => {
  const standings = new Map<Id, Standing>();
  for (const id of ids) {
    const pingRow = ping.file.rows.get(id);
    const siteRow = site?.file.rows.get(id);
    const load = site === undefined || siteRow === undefined ? undefined : reportOf(siteRow, site);
    standings.set(id, {
      id,
      verdict:
        pingRow === undefined
          ? { health: 'unknown', since: startedAt, passes: 0, fails: 0, flaps: 0 }
          : verdictOf(pingRow, ping, { id, before: before.get(id)?.verdict }),
      ...(load === undefined ? {} : { load }),
      ...(siteRow?.failure === undefined ? {} : { loadFailure: siteRow.failure }),
    });
  }
  return standings;
};

/**
 * An instant of the writer as one of the reader: as long before the file was first seen here as it was before the file
 * was written there. So the two wall clocks need not agree, and nothing is ever in the future.
 */
const instantOf = (wall: number | undefined, { file: { writtenAt }, firstSeenAt }: Seen<unknown>): Instant =>
  wall === undefined || writtenAt === undefined ? firstSeenAt : firstSeenAt - Math.max(0, writtenAt - wall);

const reportOf = ({ at, report }: SiteRow, seen: Seen<SiteRow>): LoadReport | undefined =>
  Object.keys(report).length === 0 ? undefined : { ...report, at: instantOf(at, seen) };

const verdictOf = (
  row: PingRow,
  seen: Seen<PingRow>,
  { id, before }: { readonly id: Id; readonly before: Verdict | undefined },
): Verdict => {
  const { health, passes, fails, flaps = 0 } = row;
  const since = row.since === undefined ? sinceOf(row, before, seen) : instantOf(row.since, seen);
  const warmingSince = warmingOf(row, before, seen);
  const evidence = row.evidence === undefined ? undefined : observationOf(id, row, seen);
  return {
    health,
    since,
    passes: passes ?? (health === 'up' ? 1 : 0),
    fails: fails ?? (health === 'down' ? 1 : 0),
    flaps,
    ...(warmingSince === undefined ? {} : { warmingSince }),
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
  if (row.warmingSince !== undefined) return instantOf(row.warmingSince, seen);
  if (row.since !== undefined || row.health !== 'up') return undefined;
  return before?.health === 'down' ? seen.firstSeenAt : before?.warmingSince;
};

const observationOf = (
  id: Id,
  { health, passes = 0, evidence = {} }: PingRow,
  seen: Seen<PingRow>,
): Observation => {
  const { check = seen.file.writer ?? 'file', at, tookMs = 0, failure, detail } = evidence;
  const hasFailed = failure !== undefined || (health === 'down' && passes === 0);
  return {
    secondary: id,
    check,
    at: instantOf(at, seen),
    outcome: hasFailed
      ? { ok: false, tookMs, failure: failure ?? 'command', detail: detail ?? 'no reason is given' }
      : { ok: true, tookMs, ...(detail === undefined ? {} : { detail }) },
  };
};
