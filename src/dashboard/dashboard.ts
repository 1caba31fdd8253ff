import type { Settings } from '../config/settings.ts';
import type { Entry } from '../journal.ts';
import type { Clock, Instant } from '../model/clock.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import { once } from '../once.ts';
import { createBeats, type Beats } from './beats.ts';
import { createCheckTimes, type CheckTimes } from './check-times.ts';
import type { Complaints } from './complaints.ts';
import type { Counts } from './counts.ts';
import { createFailures, type Failures } from './failures.ts';
import { figuresOf } from './figures.ts';
import { headlineOf } from './headline.ts';
import { createHistory, type Charts } from './history.ts';
import { newsAgeMs, newsOf } from './news.ts';
import type { Look } from './look.ts';
import { readinessOf } from './readiness.ts';
import type { Row } from './row.ts';
import { rowOf } from './rows.ts';
import { createLeases } from './leases.ts';
import { createNewChecks } from './new-checks.ts';
import type { Status } from './status.ts';
import { createStream, type Stream } from './stream.ts';
import { createTroubles, type Trouble } from './troubles.ts';
import { createWallTime } from './wall-time.ts';

/** What a dashboard looks at; all of it is only read. */
export interface DashboardSources {
  /** the snapshot in force */
  readonly pool: () => PoolSnapshot;
  readonly settings: () => Settings;
  /** totals since the start */
  readonly counts: () => Counts;
  /** the last events, oldest first */
  readonly entries: () => readonly Entry[];
  /** Calls the listener for every event from now on; returns how to stop. */
  readonly onEvent: (listener: (entry: Entry) => void) => () => void;
  /** mistakes of the config file as it is now; empty: none */
  readonly mistakes: () => readonly string[];
  /** what visitors say did not work for them */
  readonly complaints: Pick<Complaints, 'rows' | 'total'>;
  readonly version: string;
  readonly clock: Clock;
}

/** What an operator sees of a running Usher, and what is remembered for him. */
export interface Dashboard {
  readonly status: () => Status;
  /** the same without a row for each: cheaper by far where there are thousands */
  readonly look: () => Look;
  /** whether visitors can be served, as `/readyz` says */
  readonly readiness: () => ReturnType<typeof readinessOf>;
  readonly entries: () => readonly Entry[];
  readonly charts: () => Charts;
  readonly beats: Pick<Beats, 'of' | 'between'>;
  readonly failures: Pick<Failures, 'of'>;
  readonly checkTimes: Pick<CheckTimes, 'times'>;
  /** what somebody should mind, the newest first */
  readonly troubles: () => readonly Trouble[];
  readonly stream: Stream;
  /** about how many visitors are bound to it by their cookie */
  readonly boundTo: (id: Id) => number;
  /** Takes down the checks of a snapshot; called with each one that comes. */
  readonly see: (pool: PoolSnapshot) => void;
  /** Takes down one second and tells the open dashboards; called once in each. */
  readonly tick: () => void;
  readonly stop: () => void;
}

/** Puts a dashboard together. It starts nothing by itself: `tick` is its pulse. */
export const createDashboard = (sources: DashboardSources): Dashboard => {
  const { clock } = sources;
  const wallTime = createWallTime(clock);
  const history = createHistory();
  const beats = createBeats(wallTime);
  const leases = createLeases();
  const failures = createFailures(wallTime);
  const checkTimes = createCheckTimes();
  const newChecks = createNewChecks();
  const troubles = createTroubles(sources.entries());
  let list: Settings['secondaries'] = [];
  let ids: readonly Id[] = [];

  /** Who has come until now counts, or a secondary might seem left to which somebody was sent a moment ago. */
  const countLeases = ({ affinity, secondaries }: Settings, counts: Counts, now: Instant): void => {
    if (list !== secondaries) {
      list = secondaries;
      ids = secondaries.map(({ id }) => id);
      const listed = new Set(ids);
      beats.keep(listed);
      failures.keep(listed);
    }
    leases.note({ counts, ids, forMs: affinity === false ? 0 : affinity.forMs, now });
  };

  const look = (): Look => {
    const settings = sources.settings();
    const pool = sources.pool();
    const counts = sources.counts();
    const mistakes = sources.mistakes();
    const now = clock.now();
    countLeases(settings, counts, now);
    const seen = { settings, pool, counts, leases, wallTime, rates: history, now };
    const figures = figuresOf(seen);
    const usable = figures.filter((figure) => figure.usable).length;
    // several dashboards look at the same rows
    const rows = new Map<Id, Row>();
    const listed = once(() => new Map(settings.secondaries.map((secondary) => [secondary.id, secondary])));
    return {
      summary: {
        version: sources.version,
        at: new Date(clock.wall()).toISOString(),
        headline: headlineOf(figures, usable, settings.whenAllDown),
        news: newsOf({ pool, checks: settings.checks, entries: sources.entries(), wallTime, now }),
        config: { ok: mistakes.length === 0, mistakes },
        usable,
        visits: {
          perSecond: Math.round(history.perSecondOfAll() * 10) / 10,
          chosen: figures.reduce((sum, { chosen }) => sum + chosen, 0),
          kept: figures.reduce((sum, { kept }) => sum + kept, 0),
          none: counts.none,
          refused: counts.refused,
          dropped: counts.dropped,
        },
        ...(counts.receipts === undefined ? {} : { receipts: counts.receipts }),
        complaints: sources.complaints.rows(),
      },
      figures,
      rowOf: (figure) => {
        const made = rows.get(figure.id);
        if (made !== undefined) return made;
        const secondary = listed().get(figure.id);
        if (secondary === undefined) throw new TypeError(`${figure.id} is not of this look`);
        const row = rowOf(figure, secondary, seen);
        rows.set(figure.id, row);
        return row;
      },
    };
  };

  const status = (): Status => {
    const { summary, figures, rowOf: row } = look();
    return { ...summary, secondaries: figures.map(row) };
  };

  const see = (pool: PoolSnapshot): void => {
    for (const seen of newChecks(pool.standings)) {
      beats.note(seen);
      failures.note(seen);
      checkTimes.note(seen);
    }
  };

  const stream = createStream({ look, beats });
  const leave = sources.onEvent((entry) => {
    troubles.note(entry);
    stream.tellEntry(entry);
  });

  return {
    status,
    look,
    readiness: () => readinessOf(look().figures, sources.settings().whenAllDown),
    entries: sources.entries,
    charts: history.charts,
    beats,
    failures,
    checkTimes,
    troubles: troubles.last,
    stream,
    boundTo: (id) => leases.of(id).visitors,
    see,
    tick: () => {
      const pool = sources.pool();
      const counts = sources.counts();
      const now = clock.now();
      see(pool);
      countLeases(sources.settings(), counts, now);
      history.sample({ pool, counts, ids, newsAgeMs: newsAgeMs({ pool, now }), now });
      if (stream.hasClients()) stream.tell(look(), history.point());
    },
    stop: () => {
      leave();
      stream.stop();
    },
  };
};
