import { isDeepStrictEqual } from 'node:util';
import type { SecondarySettings } from '../config/settings.ts';
import type { Instant } from '../model/clock.ts';
import type { Observation } from '../model/outcome.ts';
import type { PoolSnapshot, Standing } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import { becauseOf } from '../verdicts/because.ts';
import { judge, newcomer, unjudged } from '../verdicts/judge.ts';
import { createTurnstile, MOST_AT_ONCE } from './turnstile.ts';
import type { MonitorSettings } from './monitor.ts';
import { createTroubleWatch } from './own-trouble.ts';
import type { LoadNews, Probe } from '../model/probe.ts';
import { createProbe, type ProbeMeans } from './probe.ts';

export interface LiveOptions extends ProbeMeans {
  /** how old an answer may be is `checks.freshnessMs`, the longest wait `checks.timeoutMs` */
  readonly settings: MonitorSettings;
}

/** Asks the pool when a visitor comes. */
export interface Live {
  /**
   * What is known now: at once if no answer in it is older than `freshnessMs`, otherwise after a round of questions
   * that all who wait share. There is never more than one round under way and one after it; who comes meanwhile waits
   * for that one. Nobody waits longer than `timeoutMs`: whoever has not answered by then is down for him.
   */
  readonly pool: () => PoolSnapshot | Promise<PoolSnapshot>;
  readonly update: (settings: MonitorSettings) => void;
  readonly stop: () => Promise<void>;
}

/** The answer of now counts, whatever was before. */
const NOW = { rise: 1, fall: 1, caution: 1 };

/** One secondary and what it is being asked. The same question is never open twice. */
interface Row {
  readonly secondary: SecondarySettings;
  readonly probe: Probe;
  standing: Standing;
  pinging: Promise<void> | undefined;
  loading: Promise<void> | undefined;
  /** its ping is not only in line: it is on its way */
  isUnderWay: boolean;
  /** it did not answer in time when it was last asked, and so is down: it is asked, but nobody waits for it */
  isSlow: boolean;
  isLoadSlow: boolean;
}

/** Starts without asking anybody: the first visitor does. */
export const startLive = (options: LiveOptions): Live => {
  const { journal } = options;
  const { clock } = options.wire;
  const turnstile = createTurnstile(MOST_AT_ONCE);
  const watchTrouble = createTroubleWatch(journal);
  let { settings } = options;
  let rows: ReadonlyMap<Id, Row> = new Map();
  let seq = 0;
  let last: { readonly startedAt: Instant; readonly snapshot: PoolSnapshot } | undefined;
  /** the round under way, and the list that it asks */
  let running:
    | {
        readonly startedAt: Instant;
        readonly asked: ReadonlyMap<Id, Row>;
        readonly done: Promise<PoolSnapshot>;
      }
    | undefined;
  /** for those who came while a round was running: the one after it */
  let next: PromiseWithResolvers<PoolSnapshot> | undefined;
  let isStopped = false;

  const believe = (row: Row, seen: Observation): void => {
    const before = row.standing.verdict;
    watchTrouble(seen);
    const verdict = judge(before, seen, NOW);
    row.standing = { ...row.standing, verdict };
    row.isSlow = !seen.outcome.ok && seen.outcome.failure === 'timeout';
    if (before.health === verdict.health || rows.get(seen.secondary) !== row || isStopped) return;
    const because = becauseOf(verdict);
    journal({
      type: 'health-changed',
      secondary: seen.secondary,
      from: before.health,
      to: verdict.health,
      because,
    });
  };

  const learn = (row: Row, news: LoadNews): void => {
    const { id, verdict } = row.standing;
    row.isLoadSlow = news.kind === 'failure' && news.because.startsWith('timeout');
    if (news.kind === 'report') row.standing = { id, verdict, load: news.report };
    if (news.kind === 'failure') row.standing = { ...row.standing, loadFailure: news.because };
  };

  /** Asks what is not being asked already. */
  const ask = (row: Row): void => {
    if (row.pinging !== undefined) return;
    const pinged = turnstile(() => {
      row.isUnderWay = true;
      return row.probe.ping();
    });
    row.pinging = pinged.then((seen) => {
      row.pinging = undefined;
      row.isUnderWay = false;
      believe(row, seen);
    });
    row.loading ??= turnstile(() => row.probe.load(pinged)).then((news) => {
      row.loading = undefined;
      learn(row, news);
    });
  };

  /** Everybody's answer, but of those who were slow the last time. */
  const answers = (): Promise<unknown> => {
    const awaited: Promise<void>[] = [];
    for (const { pinging, loading, isSlow, isLoadSlow } of rows.values()) {
      if (pinging !== undefined && !isSlow) awaited.push(pinging);
      if (loading !== undefined && !isSlow && !isLoadSlow) awaited.push(loading);
    }
    return Promise.all(awaited);
  };

  /** What a secondary that has not answered in time is taken to have said. */
  const noAnswer = ({ secondary }: Row): Observation => {
    const tookMs = settings.checks.timeoutMs;
    const detail = `no answer within ${String(tookMs)} ms`;
    const outcome = { ok: false, tookMs, failure: 'timeout', detail } as const;
    return { secondary: secondary.id, check: secondary.ping.name, at: clock.now(), outcome };
  };

  const snapshotOf = (standingOf: (row: Row) => Standing, at = clock.now()): PoolSnapshot => {
    seq += 1;
    const standings = new Map(Array.from(rows, ([id, row]) => [id, standingOf(row)] as const));
    return { seq, at, source: 'live', standings };
  };

  const finish = (startedAt: Instant, asked: ReadonlyMap<Id, Row>): PoolSnapshot => {
    for (const row of rows.values()) if (row.isUnderWay && !row.isSlow) believe(row, noAnswer(row));
    // As old as its oldest answer may be.
    const snapshot = snapshotOf((row) => row.standing, startedAt);
    // Of a list that was edited meanwhile not everybody was asked: the next visitor has that done.
    last = asked === rows ? { startedAt, snapshot } : undefined;
    running = undefined;
    if (next !== undefined && !isStopped) {
      running = start();
      void running.done.then(next.resolve);
      next = undefined;
    }
    return snapshot;
  };

  const start = () => {
    const startedAt = clock.now();
    const asked = rows;
    for (const row of rows.values()) ask(row);
    const answered = within(answers(), settings.checks.timeoutMs);
    return { startedAt, asked, done: answered.then(() => finish(startedAt, asked)) };
  };

  const waitForNext = async (): Promise<PoolSnapshot> => {
    next ??= Promise.withResolvers<PoolSnapshot>();
    const inTime = await within(next.promise, settings.checks.timeoutMs);
    return inTime ?? snapshotOf(asOfNow);
  };

  /** How a secondary stands for a visitor whose time is up while others still wait. */
  const asOfNow = (row: Row): Standing => {
    const { standing, isUnderWay, isSlow } = row;
    return isUnderWay && !isSlow
      ? { ...standing, verdict: judge(standing.verdict, noAnswer(row), NOW) }
      : standing;
  };

  const rowFor = (given: SecondarySettings, before: ReadonlyMap<Id, Row>): Row => {
    const known = before.get(given.id);
    const secondary = { ...given, timeoutMs: Math.min(given.timeoutMs, settings.checks.timeoutMs) };
    if (known !== undefined && isDeepStrictEqual(known.secondary, secondary)) return known;
    const { id, at, ping, load } = secondary;
    const isSame = known?.secondary.at === at && isDeepStrictEqual(known.secondary.ping, ping);
    const verdict = before.size === 0 ? unjudged(clock.now()) : newcomer(clock.now());
    const isLoadSame = isSame && isDeepStrictEqual(known.secondary.load, load);
    return {
      secondary,
      probe: createProbe(secondary, options),
      standing: isLoadSame ? known.standing : { id, verdict: isSame ? known.standing.verdict : verdict },
      pinging: undefined,
      loading: undefined,
      isUnderWay: false,
      isSlow: isSame && known.isSlow,
      isLoadSlow: false,
    };
  };

  const list = (given: MonitorSettings): void => {
    const before = rows;
    settings = given;
    rows = new Map(given.secondaries.map((secondary) => [secondary.id, rowFor(secondary, before)]));
    last = undefined;
  };

  list(settings);

  return {
    pool: () => {
      const notBefore = clock.now() - settings.checks.freshnessMs;
      if (last !== undefined && last.startedAt >= notBefore) return last.snapshot;
      if (isStopped) return snapshotOf(asOfNow);
      running ??= start();
      const isFresh = running.startedAt >= notBefore && running.asked === rows;
      return isFresh ? running.done : waitForNext();
    },
    update: list,
    stop: () => {
      isStopped = true;
      next?.resolve(snapshotOf(asOfNow));
      return Promise.resolve();
    },
  };
};

/** The value, or `undefined` when the time is up. */
const within = <Value>(value: Promise<Value>, spanMs: number): Promise<Value | undefined> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, spanMs, undefined);
    void value.then(resolve, reject).finally(() => clearTimeout(timer));
  });
