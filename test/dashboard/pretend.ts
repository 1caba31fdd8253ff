import { createServer } from 'node:net';
import type { Settings } from '../../src/config/settings.ts';
import type { Counts, Sent } from '../../src/dashboard/counts.ts';
import type { DashboardSources } from '../../src/dashboard/dashboard.ts';
import type { MetricsSources } from '../../src/dashboard/metrics.ts';
import { createJournal, type Entry, type Journal } from '../../src/journal.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { PoolSnapshot, Source, Standing } from '../../src/model/pool.ts';
import type { Id } from '../../src/model/secondary.ts';
import type { Health } from '../../src/model/verdict.ts';
import type { Target } from '../../src/model/visit.ts';
import type { SecondarySettings } from '../../src/config/settings.ts';
import { systemClock } from '../../src/clock.ts';

/** A pool that a test moves by hand, with everything that an admin door looks at. */
export interface Pretend {
  readonly sources: DashboardSources & Pick<MetricsSources, 'sentFor'> & { readonly journal: Journal };
  readonly entries: () => readonly Entry[];
  /** One more check of this secondary, in a new snapshot. */
  readonly check: (id: Id, seen?: Seen) => void;
  /** A whole round: every secondary is checked. */
  readonly round: (seen?: Seen) => void;
  readonly visit: (id: Id, visits: { chosen?: number; kept?: number }) => void;
  readonly count: (
    more: Partial<Pick<Counts, 'none' | 'dropped' | 'refused' | 'decided' | 'relay' | 'receipts'>>,
  ) => void;
  readonly configure: (change: Partial<Settings>) => void;
  readonly source: (source: Source) => void;
  readonly mistakes: (mistakes: readonly string[]) => void;
}

interface Seen {
  readonly outcome?: Outcome;
  readonly health?: Health;
  readonly load?: Omit<LoadReport, 'at'>;
  readonly loadFailure?: string;
  readonly agoMs?: number;
  readonly sinceMs?: number;
  readonly warmingMs?: number;
}

export const secondary = (id: Id, more: Partial<SecondarySettings> = {}): SecondarySettings => ({
  id,
  address: { kind: 'same-host', scheme: 'http', port: 8086 },
  at: 'http://127.0.0.1:8086',
  weight: 1,
  role: 'active',
  state: 'ready',
  ping: { name: 'http', options: {} },
  rise: 2,
  fall: 3,
  timeoutMs: 2000,
  ...more,
});

export const settingsFor = (secondaries: readonly SecondarySettings[]): Settings => ({
  listen: [{ port: 80 }],
  admin: { host: '127.0.0.1', port: 0 },
  threads: 1,
  trustProxies: [],
  lan: [],
  redirectToHttps: false,
  policy: { name: 'balance', options: {} },
  checks: {
    from: 'cached',
    everyMs: 2000,
    worker: 'own',
    freshnessMs: 1000,
    timeoutMs: 2000,
    slowReturnMs: 90_000,
    freshen: 0,
  },
  delivery: { name: 'redirect', options: {} },
  affinity: { cookie: 'usher', forMs: 3_600_000 },
  landing: '/' as Target,
  debug: false,
  jsonAnswers: true,
  whenAllDown: { kind: 'sorry' },
  siteFolder: '/nowhere',
  stateFolder: '/nowhere',
  statusPage: false,
  hitCounter: false,
  notify: [],
  entrances: new Map(),
  secondaries,
});

/** Everything an admin door looks at, in the hand of a test. */
export const pretend = (secondaries: readonly SecondarySettings[]): Pretend => {
  const clock = systemClock();
  let settings = settingsFor(secondaries);
  let standings = new Map<Id, Standing>();
  let pool: PoolSnapshot = { seq: 0, at: 0, source: 'none', standings };
  let source: Source = 'cached';
  let mistakes: readonly string[] = [];
  const bySecondary = new Map<Id, Sent>();
  let counts: Counts = { bySecondary, none: 0, refused: {}, dropped: 0 };
  const { journal, entries, onEntry } = createJournal(() => {}, clock.wall);

  const stand = (id: Id, seen: Seen): void => {
    const before = standings.get(id);
    const now = clock.now();
    const outcome = seen.outcome ?? { ok: true, tookMs: 1.2 };
    const health = seen.health ?? (outcome.ok ? 'up' : 'down');
    const isSame = before?.verdict.health === health;
    standings.set(id, {
      id,
      verdict: {
        health,
        since: isSame ? before.verdict.since : now - (seen.sinceMs ?? 0),
        passes: outcome.ok ? (before?.verdict.passes ?? 0) + 1 : 0,
        fails: outcome.ok ? 0 : (before?.verdict.fails ?? 0) + 1,
        flaps: 0,
        ...(seen.warmingMs === undefined ? {} : { warmingSince: now - seen.warmingMs }),
        evidence: { secondary: id, check: 'http', at: now - (seen.agoMs ?? 0), outcome },
      },
      ...(seen.load === undefined ? {} : { load: { ...seen.load, at: now - (seen.agoMs ?? 0) } }),
      ...(seen.loadFailure === undefined ? {} : { loadFailure: seen.loadFailure }),
    });
  };
  const publish = (): void => {
    pool = { seq: pool.seq + 1, at: clock.now(), source, standings };
    standings = new Map(standings);
  };

  return {
    sources: {
      pool: () => pool,
      settings: () => settings,
      counts: () => counts,
      sentFor: (id) => {
        const { chosen = 0, kept = 0 } = bySecondary.get(id) ?? {};
        return [
          { kind: 'chosen', reason: 'balance', visitors: chosen },
          { kind: 'kept', reason: 'affinity', visitors: kept },
        ];
      },
      entries,
      onEvent: onEntry,
      complaints: { rows: () => [], total: () => 0 },
      mistakes: () => mistakes,
      version: '0.1.0',
      clock,
      journal,
    },
    entries,
    check: (id, seen = {}) => {
      stand(id, seen);
      publish();
    },
    round: (seen = {}) => {
      for (const { id } of settings.secondaries) stand(id, seen);
      publish();
    },
    visit: (id, { chosen = 0, kept = 0 }) => {
      const before = bySecondary.get(id) ?? { kept: 0, chosen: 0, given: 0, replaced: 0 };
      bySecondary.set(id, {
        ...before,
        kept: before.kept + kept,
        chosen: before.chosen + chosen,
        given: before.given + chosen,
      });
      counts = { ...counts, bySecondary: new Map(bySecondary) };
    },
    count: (more) => {
      counts = { ...counts, ...more };
    },
    configure: (change) => {
      settings = { ...settings, ...change };
    },
    source: (next) => {
      source = next;
      pool = { ...pool, source };
    },
    mistakes: (next) => {
      mistakes = next;
    },
  };
};

/** Refuses to be the port that the fetch of a test wants: it is taken as long as this listens. */
export const takenPort = async (): Promise<{ port: number; free: () => Promise<void> }> => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  server.listen(0, '127.0.0.1', () => {
    resolve(undefined);
  });
  await promise;
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    free: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
      }),
  };
};
