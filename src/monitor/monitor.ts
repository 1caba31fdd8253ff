import { isDeepStrictEqual } from 'node:util';
import type { SecondarySettings, Settings } from '../config/settings.ts';
import type { Instant } from '../model/clock.ts';
import type { Observation } from '../model/outcome.ts';
import { nothingKnown, type PoolSnapshot, type Source, type Standing } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import type { Verdict } from '../model/verdict.ts';
import { becauseOf } from '../verdicts/because.ts';
import { withhold } from '../verdicts/hold.ts';
import { judge, newcomer, unjudged } from '../verdicts/judge.ts';
import { createAgenda } from './agenda.ts';
import { createHolding } from './holding.ts';
import { createProbe, type Asking, type LoadNews, type Probe } from './probe.ts';
import { createPublisher } from './publisher.ts';

/** What of the settings a monitor goes by. */
export type MonitorSettings = Pick<Settings, 'secondaries' | 'checks'>;

export interface MonitorOptions extends Asking {
  readonly settings: MonitorSettings;
  readonly source: Extract<Source, 'memory' | 'own'>;
  /** Takes a snapshot: about once an interval, and at once when a verdict turns. */
  readonly publish: (snapshot: PoolSnapshot) => void;
}

/** Asks every secondary again and again, and says what it believes of each. */
export interface Monitor {
  /** Goes on with another list; those who stay, and are asked the same at the same place, keep their verdicts. */
  readonly update: (settings: MonitorSettings) => void;
  readonly snapshot: () => PoolSnapshot;
  /** Asks everybody now; resolves when each has been heard. */
  readonly refresh: () => Promise<PoolSnapshot>;
  /** Asks nobody any more; what is under way is forgotten. */
  readonly stop: () => Promise<void>;
}

/** Up to so many secondaries are asked together, so that their news has one age; more are spread over the interval. */
const TOGETHER = 64;

/** The most connections that a monitor has open at a time. */
const MOST_AT_ONCE = 1024;

/** By how much of the interval a question is early or late, so that many monitors do not ask in step. */
const JITTER = 0.025;

/** One secondary and how far we are with it. */
interface Row {
  secondary: SecondarySettings;
  probe: Probe;
  standing: Standing;
  /** the verdict that will count when the hold is over, unless it passes before */
  withheld: Verdict | undefined;
  /** where in the interval it is asked */
  phaseMs: number;
  askedAt: Instant | undefined;
  isAsked: boolean;
  /** it was to be asked anew while it was being asked */
  isAskedAgain: boolean;
  /** the last snapshot when it was last heard */
  heardAfter: PoolSnapshot | undefined;
  /** the operator knows that its load cannot be read */
  isLoadLost: boolean;
  /** who wait for a question that was asked after they came */
  waiting: (() => void)[];
}

/** Starts to ask: everybody at once the first time, then each about every interval. */
export const startMonitor = (options: MonitorOptions): Monitor => {
  const { source, journal, dice, wire } = options;
  const { clock } = wire;
  const startedAt = clock.now();
  let { settings } = options;
  let rows: ReadonlyMap<Id, Row> = new Map();
  const standings = new Map<Id, Standing>();
  let last = nothingKnown(source);
  let published = last;
  let isChanged = true;
  let isStopped = false;
  let up = 0;
  let heard = 0;
  let atOnce = TOGETHER;

  const everyMs = (): number => settings.checks.everyMs;

  const snapshot = (): PoolSnapshot => {
    if (!isChanged) return last;
    isChanged = false;
    last = { seq: last.seq + 1, at: clock.now(), source, everyMs: everyMs(), standings: new Map(standings) };
    return last;
  };

  const publisher = createPublisher({
    clock,
    everyMs,
    publish: () => {
      heard = 0;
      published = snapshot();
      options.publish(published);
    },
  });

  const stand = (row: Row, standing: Standing): void => {
    row.standing = standing;
    standings.set(standing.id, standing);
    isChanged = true;
  };

  const settle = (row: Row, verdict: Verdict): void => {
    const { standing } = row;
    const from = standing.verdict.health;
    const to = verdict.health;
    row.withheld = undefined;
    stand(row, { ...standing, verdict });
    if (from === to) return;
    up += (to === 'up' ? 1 : 0) - (from === 'up' ? 1 : 0);
    journal({ type: 'health-changed', secondary: standing.id, from, to, because: becauseOf(verdict) });
    publisher.turn();
  };

  const holding = createHolding({
    clock,
    journal,
    roundMs: everyMs,
    onBegin: () => {
      for (const row of rows.values()) if (row.standing.verdict.fails > 0) askSoon(row);
    },
    onEnd: () => {
      for (const row of rows.values()) if (row.withheld !== undefined) settle(row, row.withheld);
    },
  });

  const believe = (row: Row, seen: Observation): void => {
    const before = row.standing.verdict;
    const verdict = judge(before, seen, row.secondary);
    const turnsDown = before.health === 'up' && verdict.health === 'down';
    if (turnsDown && row.secondary.state !== 'maintenance' && holding.holds(up)) {
      if (row.withheld === undefined) row.isAskedAgain = true;
      row.withheld = verdict;
      stand(row, { ...row.standing, verdict: withhold(verdict, before) });
      return;
    }
    settle(row, verdict);
  };

  const learn = (row: Row, news: LoadNews): void => {
    const { standing } = row;
    const { id, verdict, load } = standing;
    if (news.kind === 'none') return;
    if (news.kind === 'failure') {
      stand(row, { ...standing, loadFailure: news.because });
      // A secondary that is not there cannot tell its load: that is no news of its own.
      if (row.isLoadLost || verdict.passes === 0) return;
      row.isLoadLost = true;
      journal({ type: 'load-lost', secondary: id, because: news.because });
      return;
    }
    stand(row, { id, verdict, load: news.report });
    if (row.isLoadLost) journal({ type: 'load-found', secondary: id });
    row.isLoadLost = false;
    if (load?.wish !== news.report.wish) publisher.turn();
  };

  const ask = async (row: Row): Promise<void> => {
    const { waiting } = row;
    row.waiting = [];
    row.isAsked = true;
    row.isAskedAgain = false;
    row.askedAt = clock.now();
    const pinged = row.probe.ping();
    const loaded = row.probe.load(pinged);
    const seen = await pinged;
    if (isCurrent(row)) believe(row, seen);
    const news = await loaded;
    if (isCurrent(row)) learn(row, news);
    row.isAsked = false;
    for (const done of waiting) done();
    if (!isCurrent(row)) return;
    hear(row);
    agenda.put(row, nextTurn(row));
  };

  const agenda = createAgenda<Row>({
    clock,
    atOnce: () => atOnce,
    run: ask,
  });

  const isCurrent = (row: Row): boolean => !isStopped && rows.get(row.secondary.id) === row;

  const hear = (row: Row): void => {
    if (row.heardAfter !== published) heard += 1;
    row.heardAfter = published;
    if (heard === rows.size) publisher.complete();
    else publisher.note();
  };

  /** Now if it was to be asked meanwhile, else the first of its turns in the common grid that is not too soon. */
  const nextTurn = ({ phaseMs, isAskedAgain, askedAt = startedAt }: Row): Instant => {
    if (isAskedAgain) return clock.now();
    const first = startedAt + phaseMs;
    const turns = Math.floor((askedAt - first) / everyMs() + 0.5) + 1;
    return first + (turns + JITTER * (2 * dice() - 1)) * everyMs();
  };

  const askSoon = (row: Row): void => {
    if (row.isAsked) row.isAskedAgain = true;
    else agenda.put(row, clock.now());
  };

  const rowFor = (secondary: SecondarySettings, before: Row | undefined): Row => {
    if (before !== undefined && isSameQuestion(before.secondary, secondary)) {
      const isLoadSame = isDeepStrictEqual(before.secondary.load, secondary.load);
      if (!isLoadSame || before.secondary.timeoutMs !== secondary.timeoutMs) {
        before.probe = createProbe(secondary, options);
      }
      if (!isLoadSame) {
        before.isLoadLost = false;
        stand(before, { id: secondary.id, verdict: before.standing.verdict });
      }
      before.secondary = secondary;
      return before;
    }
    const verdict = last.seq === 0 ? unjudged(startedAt) : newcomer(clock.now());
    return {
      secondary,
      probe: createProbe(secondary, options),
      standing: { id: secondary.id, verdict },
      withheld: undefined,
      phaseMs: 0,
      askedAt: undefined,
      isAsked: false,
      isAskedAgain: false,
      heardAfter: undefined,
      isLoadLost: false,
      waiting: before?.waiting ?? [],
    };
  };

  const list = (next: MonitorSettings): void => {
    const before = rows;
    const count = next.secondaries.length;
    settings = next;
    atOnce = mostAtOnce(next);
    rows = new Map(next.secondaries.map((each) => [each.id, rowFor(each, before.get(each.id))]));
    standings.clear();
    up = 0;
    heard = 0;
    let index = 0;
    for (const [id, row] of rows) {
      standings.set(id, row.standing);
      if (row.standing.verdict.health === 'up') up += 1;
      if (row.heardAfter === published) heard += 1;
      row.phaseMs = count > TOGETHER ? (index / count) * everyMs() : 0;
      index += 1;
      if (!row.isAsked) agenda.put(row, row.askedAt === undefined ? clock.now() : nextTurn(row));
    }
    for (const [id, row] of before) {
      if (rows.get(id) === row) continue;
      agenda.drop(row);
      if (!rows.has(id)) for (const done of row.waiting) done();
    }
    isChanged = true;
  };

  list(settings);
  snapshot();

  return {
    update: (next) => {
      list(next);
      publisher.turn();
    },
    snapshot,
    refresh: async () => {
      await Promise.all(
        Array.from(
          rows.values(),
          (row) =>
            new Promise<void>((done) => {
              row.waiting.push(done);
              askSoon(row);
            }),
        ),
      );
      return snapshot();
    },
    stop: () => {
      isStopped = true;
      agenda.stop();
      holding.stop();
      publisher.stop();
      for (const row of rows.values()) for (const done of row.waiting) done();
      return Promise.resolve();
    },
  };
};

/** Enough for a whole pool that does not answer to be asked within an interval. */
const mostAtOnce = ({ secondaries, checks }: MonitorSettings): number => {
  const longestMs = secondaries.reduce((longest, { timeoutMs }) => Math.max(longest, timeoutMs), 0);
  const needed = Math.ceil((secondaries.length * longestMs) / checks.everyMs);
  return Math.min(MOST_AT_ONCE, Math.max(TOGETHER, needed));
};

/** Whether a verdict on the one is a verdict on the other. */
const isSameQuestion = (before: SecondarySettings, after: SecondarySettings): boolean =>
  before.at === after.at && isDeepStrictEqual(before.ping, after.ping);
