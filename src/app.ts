import type { Asking } from './asking.ts';
import { systemClock, systemDice } from './clock.ts';
import { doorUrl } from './config/door-url.ts';
import type { Settings } from './config/settings.ts';
import { openBook } from './dispatch/ledger/book.ts';
import { allocateDepartures } from './dispatch/boomerang.ts';
import { allocateRolls } from './dispatch/ledger/rolls.ts';
import { mustBeWritable } from './doors/access-log/access-log.ts';
import { onceForAll } from './doors/access-log/access-log-news.ts';
import { createComplaints } from './dashboard/complaints.ts';
import type { Editing } from './doors/admin/editing.ts';
import { countsOf, sentForOf } from './doors/public/counts-of.ts';
import { connectionsWithin } from './doors/public/limits.ts';
import { allocateTurnout, openTurnout } from './doors/public/turnout.ts';
import type { ThreadConfig } from './doors/threads/messages.ts';
import { startThreads } from './doors/threads/threads.ts';
import { withoutTurns, type Entry, type Journal } from './journal.ts';
import type { FollowedFiles } from './primary/follow-files.ts';
import { keepHeapsTight, startIsOver } from './heap.ts';
import { keepDecisions } from './primary/keep-decisions.ts';
import { keepKeys } from './primary/keep-keys.ts';
import { keepPlaces } from './primary/keep-places.ts';
import { keepReceipts } from './primary/keep-receipts.ts';
import type { Id } from './model/secondary.ts';
import { nothingKnown, type PoolSnapshot } from './model/pool.ts';
import { mostOpenFiles } from './open-files.ts';
import { createLearner } from './monitor/learner.ts';
import type { Live } from './monitor/live.ts';
import { createWishWatch } from './monitor/own-wishes.ts';
import { createUsableWatch } from './monitor/usable.ts';
import { sibling } from './sibling.ts';
import { allocateBudget } from './relay/budget.ts';
import { sourcesOf } from './primary/sources-of.ts';
import { once } from './once.ts';
import { tellChanges } from './primary/tell-changes.ts';
import { version } from './version.ts';
import { watchConnections } from './primary/watch-connections.ts';
import { watchDrops } from './primary/watch-drops.ts';

export interface PrimaryOptions {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly entries: () => readonly Entry[];
  /** Calls the listener for every entry from now on. */
  readonly onEntry: (listener: (entry: Entry) => void) => () => void;
  /** Told when visitors cannot be served any more, and why: only a new start helps. */
  readonly lost: (because: string) => void;
  /** mistakes of the config file as it is now; empty: none */
  readonly mistakes: () => readonly string[];
  /** how the config file is edited; absent: there is none */
  readonly editing?: Editing;
}

/** A running primary. */
export interface Primary {
  /** of the public door, then of the admin door */
  readonly urls: readonly string[];
  /** Takes over changed settings; visits go on. */
  readonly update: (settings: Settings) => void;
  readonly reopenLogs: () => void;
  /** Ends: open requests are finished, the worker is stopped. */
  readonly stop: () => Promise<void>;
}

/** How long open requests may take when the primary stops. */
const GRACE_MS = 5000;

/** The composition root: puts a primary together out of its rooms and starts it. */
export const startPrimary = async (options: PrimaryOptions): Promise<Primary> => {
  const { journal } = options;
  let { settings } = options;
  const clock = systemClock();
  const dice = systemDice;

  keepHeapsTight(settings.secondaries.length);
  if (settings.accessLog !== undefined) await mustBeWritable(settings.accessLog);
  let reconfigure = (): void => undefined;
  const keys = await keepKeys(settings, {
    journal,
    changed: () => {
      reconfigure();
    },
  });
  let book = openBook(settings.secondaries, { threads: settings.threads, now: clock.now() });
  const rolls = allocateRolls();
  const departures = allocateDepartures();
  const budget = allocateBudget(settings.threads);
  const mostFiles = mostOpenFiles();
  const most = (): number => connectionsWithin(mostFiles, settings);
  const turnout = allocateTurnout(settings.threads);
  const connections = openTurnout(turnout);
  const kept = keepDecisions(clock);
  const receipts = keepReceipts({ clock, journal });
  receipts.update(settings, book.slots);
  const places = keepPlaces({
    journal,
    changed: () => {
      openEdition();
      reconfigure();
    },
  });
  const openEdition = (): void => {
    kept.open(places.placed(settings), book);
  };
  openEdition();
  const threadConfig = (): ThreadConfig => ({
    receipts: receipts.memory(),
    geography: places.file(),
    settings: places.placed(settings),
    slots: book.slots,
    ledger: { memory: book.memory, shape: book.shape },
    rolls,
    departures,
    budget,
    connections: { most: most(), turnout },
    secrets: keys.now(),
    diary: kept.diary(),
  });

  const about = { clock, pool: () => ({ secondaries: settings.secondaries, ...book }) };
  const learnCached = createLearner(about);
  const learnLive = createLearner(about);
  let cached = nothingKnown('none');
  let latest = cached;
  const watchUsable = createUsableWatch(journal, clock);
  const watchWishes = createWishWatch(journal);
  let seen: (snapshot: PoolSnapshot) => void = () => undefined;
  const take = (snapshot: PoolSnapshot): void => {
    latest = snapshot;
    seen(snapshot);
    book.markReports(snapshot, clock.now());
    kept.keep(snapshot);
    watchWishes(settings.secondaries, snapshot);
    watchUsable(settings, snapshot);
  };

  let asking: Asking | undefined;
  const means = once(async () => {
    const { createAsking } = await import('./asking.ts');
    return (asking = createAsking({ clock, dice, journal }));
  });
  let files: FollowedFiles | undefined;
  let live: Live | undefined;
  const startLive = once(async () => {
    const { startLive: start } = await means();
    // Where the files tell who turned, a live round beside them need not tell it too.
    const tellTurn: Journal = (event) => (files === undefined ? journal : withoutTurns(journal))(event);
    return (live = start({ settings, journal: tellTurn }));
  });
  const liveSnapshot = async (): Promise<PoolSnapshot> => {
    const snapshot = learnLive(await (await startLive()).pool());
    if (latest.source !== 'cached' && latest.source !== 'own') take(snapshot);
    else kept.keep(snapshot);
    return snapshot;
  };

  const complaints = createComplaints(clock.wall);
  /** Nobody is asked while nothing follows the files: the next visitor's live round does. */
  let askNow: (id: Id) => void = () => undefined;
  const threads = await startThreads({
    entry: sibling('door-thread'),
    count: settings.threads,
    config: threadConfig(),
    live: liveSnapshot,
    lost: options.lost,
    clock,
    dice,
    journal: onceForAll(journal),
    complained: (complaint) => {
      complaints.note(complaint);
      askNow(complaint.secondary);
    },
  });

  // What a visitor does not wait for is loaded once the doors are open.
  const [{ startAdminDoor }, { followFiles }, { createForetelling }, { tellOperators }] = await Promise.all([
    import('./doors/admin.ts'),
    import('./primary/follow-files.ts'),
    import('./primary/foretelling.ts'),
    import('./primary/tell-operators.ts'),
  ]);

  reconfigure = () => {
    threads.configure(threadConfig());
  };
  places.update(settings);

  const publish = (snapshot: PoolSnapshot): void => {
    cached = learnCached(snapshot);
    take(cached);
    threads.publish(cached);
  };
  const follow = (): FollowedFiles =>
    followFiles({ settings, clock, dice, journal, visits: () => book.ledger.visits(), means, publish });
  if (sourcesOf(settings).has('cached')) files = follow();
  askNow = (id) => files?.askNow(id);

  /** What visitors go by at the main way in. */
  const inForce = (): PoolSnapshot => (files === undefined ? latest : cached);

  const admin = await startAdminDoor({
    listen: settings.admin,
    pool: inForce,
    settings: () => settings,
    counts: () => ({
      ...countsOf(book, receipts.networks()),
      connections: { open: connections.total(), most: most() },
    }),
    sentFor: (id) => sentForOf(id, book),
    entries: options.entries,
    onEvent: options.onEntry,
    mistakes: options.mistakes,
    complaints,
    why: kept.why,
    ...createForetelling({
      settings: () => settings,
      book: () => book,
      ...{ rolls, decisions: kept.decisions, clock, dice },
      cached: () => cached,
      latest: inForce,
      live: liveSnapshot,
      measured: receipts.measured,
    }),
    everySecond: kept.tick,
    ...(options.editing === undefined ? {} : { editing: options.editing }),
    version,
    clock,
    journal,
  }).catch(async (error: unknown) => {
    kept.stop();
    await Promise.all([threads.stop(0), files?.stop(), live?.stop(), receipts.stop(), places.stop()]);
    await asking?.close();
    throw error;
  });
  seen = admin.see;

  const notices = tellOperators({
    notify: settings.notify,
    onEntry: options.onEntry,
    clock,
    journal,
  });
  const drops = watchDrops({ dropped: () => book.ledger.counted('dropped'), journal });
  const watched = watchConnections({ most, mostFiles, open: connections.total, journal });
  const ports = threads.ports;
  const urls = [
    ...settings.listen.map(({ host, tls }, at) =>
      doorUrl(tls === undefined ? 'http' : 'https', { host, port: ports[at] ?? 0 }),
    ),
    admin.url,
  ];

  const update = (next: Settings): void => {
    tellChanges(settings, next, journal);
    const before = settings;
    settings = { ...next, threads: settings.threads, listen: settings.listen };
    book = openBook(settings.secondaries, { threads: settings.threads, now: clock.now(), before: book });
    openEdition();
    receipts.update(settings, book.slots);
    places.update(settings);
    threads.configure(threadConfig());
    keys.update(settings);
    live?.update(settings);
    watchWishes(settings.secondaries, latest);
    watchUsable(settings, latest);
    notices.update(settings.notify);
    const wantsFiles = sourcesOf(settings).has('cached');
    if (files !== undefined && wantsFiles && before.checks.worker === settings.checks.worker) {
      files.update(settings);
      return;
    }
    void files?.stop();
    files = wantsFiles ? follow() : undefined;
  };

  const stop = async (): Promise<void> => {
    drops.stop();
    watched.stop();
    kept.stop();
    await Promise.all([threads.stop(GRACE_MS), files?.stop(), live?.stop(), admin.stop()]);
    await Promise.all([notices.stop(), receipts.stop(), places.stop()]);
    await asking?.close();
  };

  startIsOver();
  return { urls, update, reopenLogs: threads.reopenLogs, stop };
};
