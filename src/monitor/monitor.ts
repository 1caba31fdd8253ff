import type { Settings } from '../config/settings.ts';
import type { Observation } from '../model/outcome.ts';
import { nothingKnown, type PoolSnapshot, type Source, type Standing } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import type { Verdict } from '../model/verdict.ts';
import { becauseOf } from '../verdicts/because.ts';
import { withhold } from '../verdicts/hold.ts';
import { judge, newcomer, unjudged } from '../verdicts/judge.ts';
import { isTurning } from '../verdicts/turning.ts';
import { createAgenda } from './agenda.ts';
import { createHolding } from './holding.ts';
import { createTroubleWatch } from './own-trouble.ts';
import type { LoadNews } from '../model/probe.ts';
import type { ProbeMeans } from './probe.ts';
import { createPublisher } from './publisher.ts';
import { rowFor, type Row } from './row.ts';
import { createTimetable, TOGETHER, type Urgency } from './timetable.ts';
import { MOST_AT_ONCE } from './turnstile.ts';

/** What of the settings a monitor goes by. */
export type MonitorSettings = Pick<Settings, 'secondaries' | 'checks'>;

export interface MonitorOptions extends ProbeMeans {
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
  /** Asks nobody any more; what is under way is forgotten. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts to ask: a short list at once the first time, then each secondary about every interval, and sooner while its
 * verdict is about to turn.
 */
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
  let bounds = boundsOf(settings);

  const everyMs = (): number => settings.checks.everyMs;
  const timetable = createTimetable({ clock, dice, everyMs });
  const watchTrouble = createTroubleWatch(journal);

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
    if (verdict.leaving !== standing.verdict.leaving) publisher.turn();
    if (from === to) return;
    up += (to === 'up' ? 1 : 0) - (from === 'up' ? 1 : 0);
    journal({ type: 'health-changed', secondary: standing.id, from, to, because: becauseOf(verdict) });
    publisher.turn();
    if (from === 'up' && up === 0) search();
  };

  const holding = createHolding({
    clock,
    journal,
    roundMs: everyMs,
    onBegin: () => {
      for (const row of rows.values()) if (row.standing.verdict.fails > 0) askAs(row, 'now');
    },
    onEnd: () => {
      for (const row of rows.values()) if (row.withheld !== undefined) settle(row, row.withheld);
    },
  });

  const believe = (row: Row, seen: Observation): void => {
    const before = row.standing.verdict;
    watchTrouble(seen);
    const verdict = judge(before, seen, row.secondary);
    const turnsDown = before.health === 'up' && verdict.health === 'down';
    if (turnsDown && row.secondary.state !== 'maintenance' && holding.holds(up)) {
      if (row.withheld === undefined) row.urgency = 'now';
      row.withheld = verdict;
      stand(row, { ...row.standing, verdict: withhold(verdict, before) });
      return;
    }
    settle(row, verdict);
    if (row.urgency !== 'in-turn') return;
    if (isTurning(verdict, up)) row.urgency = 'soon';
    else if (up === 0) row.urgency = 'search';
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

  const isCurrent = (row: Row): boolean => !isStopped && rows.get(row.secondary.id) === row;

  const ask = async (row: Row): Promise<void> => {
    const askedAt = clock.now();
    row.isAsked = true;
    row.urgency = 'in-turn';
    row.askedAt = askedAt;
    const pinged = row.probe.ping();
    const loaded = row.isLoadAsked ? undefined : askLoad(row, pinged);
    const seen = await pinged;
    row.isAsked = false;
    if (!isCurrent(row)) return;
    believe(row, seen);
    // Whether it is there is asked again in time, however long the question how busy it is takes.
    agenda.put(row, timetable.next({ ...row, askedAt }));
    await loaded;
    if (isCurrent(row)) hear(row);
  };

  const askLoad = async (row: Row, pinged: Promise<Observation>): Promise<void> => {
    row.isLoadAsked = true;
    const { probe } = row;
    const news = await probe.load(pinged);
    row.isLoadAsked = false;
    if (isCurrent(row) && row.probe === probe) learn(row, news);
  };

  const agenda = createAgenda<Row>({
    clock,
    atOnce: () => bounds.atOnce,
    perTenth: () => bounds.perTenth,
    run: ask,
  });

  const hear = (row: Row): void => {
    if (row.heardAfter !== published) heard += 1;
    row.heardAfter = published;
    if (heard === rows.size) publisher.complete();
    else publisher.note();
  };

  const askAs = (row: Row, urgency: Urgency): void => {
    const { askedAt } = row;
    row.urgency = urgency;
    if (!row.isAsked && askedAt !== undefined) agenda.put(row, timetable.next({ ...row, askedAt }));
  };

  /** Nobody is up any more: whoever was left to his turn is needed now. */
  const search = (): void => {
    for (const row of rows.values()) if (row.urgency === 'in-turn') askAs(row, 'search');
  };

  const list = (next: MonitorSettings): void => {
    const before = rows;
    const count = next.secondaries.length;
    settings = next;
    bounds = boundsOf(next);
    const verdict = last.seq === 0 ? unjudged(startedAt) : newcomer(clock.now());
    rows = new Map(
      next.secondaries.map((each) => [
        each.id,
        rowFor(each, before.get(each.id), { verdict, asking: options }),
      ]),
    );
    standings.clear();
    up = 0;
    heard = 0;
    let index = 0;
    for (const [id, row] of rows) {
      const { askedAt } = row;
      standings.set(id, row.standing);
      if (row.standing.verdict.health === 'up') up += 1;
      if (row.heardAfter === published) heard += 1;
      row.phaseMs = timetable.phaseMs(index, count);
      index += 1;
      if (askedAt === undefined) agenda.put(row, clock.now());
      else if (!row.isAsked && row.urgency === 'in-turn')
        agenda.put(row, timetable.next({ ...row, askedAt }));
    }
    for (const [id, row] of before) if (rows.get(id) !== row) agenda.drop(row);
    if (up === 0) search();
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
    stop: () => {
      isStopped = true;
      agenda.stop();
      holding.stop();
      publisher.stop();
      return Promise.resolve();
    },
  };
};

/** How many questions may be open, and how many begun within a tenth of a second. */
const boundsOf = ({ secondaries, checks: { everyMs } }: MonitorSettings) => {
  const count = secondaries.length;
  const longestMs = secondaries.reduce((longest, { timeoutMs }) => Math.max(longest, timeoutMs), 0);
  return {
    // Enough for a whole pool that does not answer to be asked within an interval.
    atOnce: Math.min(MOST_AT_ONCE, Math.max(TOGETHER, Math.ceil((count * longestMs) / everyMs))),
    // Twice as many as have their turn in it: room for those out of turn, and to catch up after a pause of ours.
    perTenth: Math.max(TOGETHER, Math.ceil((count * 200) / everyMs)),
  };
};
