import type { Asking } from './asking.ts';
import { systemClock, systemDice } from './clock.ts';
import { doorUrl } from './config/door-url.ts';
import type { Settings } from './config/settings.ts';
import { withEnds, withTakenOut } from './config/taken-out.ts';
import { openBook } from './dispatch/book.ts';
import { allocateDecisions, openDecisions } from './dispatch/decisions.ts';
import { allocateRolls, openRolls } from './dispatch/rolls.ts';
import { mustBeWritable } from './doors/access-log.ts';
import { onceForAll } from './doors/access-log-news.ts';
import { createComplaints } from './dashboard/complaints.ts';
import { startAdminDoor } from './doors/admin.ts';
import type { Editing } from './doors/admin/editing.ts';
import { countsOf } from './doors/counts-of.ts';
import type { ThreadConfig } from './doors/messages.ts';
import { startThreads } from './doors/threads.ts';
import { createArchive } from './doors/why/archive.ts';
import type { WhyTeller } from './doors/why/why.ts';
import { withoutTurns, type Entry, type Journal } from './journal.ts';
import { keepHeapsTight } from './heap.ts';
import { keepPlaces } from './keep-places.ts';
import { keepReceipts } from './keep-receipts.ts';
import type { Id } from './model/secondary.ts';
import { nothingKnown, type PoolSnapshot } from './model/pool.ts';
import { startFollower } from './monitor/follower.ts';
import { startFreshener } from './monitor/freshener.ts';
import { later } from './monitor/later.ts';
import { createLearner } from './monitor/learner.ts';
import type { Live } from './monitor/live.ts';
import { createUsableWatch } from './monitor/usable.ts';
import { startNotices } from './notices/notices.ts';
import { sibling } from './sibling.ts';
import { sourcesOf } from './sources-of.ts';
import { once } from './once.ts';
import { readSecrets } from './stores/secret.ts';
import type { createTelling } from './telling.ts';
import { tellChanges } from './tell-changes.ts';
import { wantsSecrets } from './wants-secrets.ts';
import { version } from './version.ts';
import { watchDrops } from './watch-drops.ts';
import { forkWorker, keepWorker } from './worker/child.ts';
import { createFarProbe } from './worker/far-probe.ts';

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
  /** how the config file is edited; absent: there is none. @param stateFolder where versions are kept */
  readonly editing?: (stateFolder: () => string) => Editing;
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

/** How often it is looked whether many decisions were made. */
const HURRY_MS = 100;

/** The composition root: puts a primary together out of its rooms and starts it. */
export const startPrimary = async (options: PrimaryOptions): Promise<Primary> => {
  const { journal } = options;
  let { settings } = options;
  const clock = systemClock();
  const dice = systemDice;

  keepHeapsTight(settings.secondaries.length);
  if (settings.accessLog !== undefined) await mustBeWritable(settings.accessLog);
  let keysFrom = wantsSecrets(settings) ? settings.stateFolder : undefined;
  let secrets = keysFrom === undefined ? [] : await readSecrets(keysFrom);
  let book = openBook(settings.secondaries, { threads: settings.threads, now: clock.now() });
  const rolls = allocateRolls();
  const memory = allocateDecisions();
  const decisions = openDecisions(memory);
  const run = Math.floor(clock.wall() / 1000).toString(36);
  const archive = createArchive(decisions);
  const why = once(async (): Promise<WhyTeller> => {
    const { createWhyTeller } = await import('./doors/why/why.ts');
    return createWhyTeller({ decisions, archive, run, clock });
  });
  const receipts = keepReceipts({ clock, journal });
  receipts.update(settings, book.slots);
  let retell = (): void => undefined;
  const places = keepPlaces({
    journal,
    changed: () => {
      retell();
    },
  });
  const openEdition = (): number =>
    archive.open({
      settings: places.placed(settings),
      ...{ slots: book.slots, ledger: book.ledger, rows: book.shape.slots },
    });
  let edition = openEdition();
  const threadConfig = (): ThreadConfig => ({
    receipts: receipts.memory(),
    geography: places.file(),
    settings: places.placed(settings),
    slots: book.slots,
    ledger: { memory: book.memory, shape: book.shape },
    rolls,
    secrets,
    diary: { memory, run, edition },
  });

  const about = { clock, pool: () => ({ secondaries: settings.secondaries, ...book }) };
  const learnCached = createLearner(about);
  const learnLive = createLearner(about);
  let cached = nothingKnown('none');
  let latest = cached;
  const hurrying = setInterval(archive.hurry, HURRY_MS).unref();
  const watchUsable = createUsableWatch(journal, clock);
  const take = (snapshot: PoolSnapshot): void => {
    latest = snapshot;
    book.markReports(snapshot, clock.now());
    archive.keep(snapshot);
    watchUsable(settings, snapshot);
  };

  let asking: Asking | undefined;
  const means = once(async () => {
    const { createAsking } = await import('./asking.ts');
    return (asking = createAsking({ clock, dice, journal }));
  });
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
    else archive.keep(snapshot);
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

  retell = () => {
    edition = openEdition();
    threads.configure(threadConfig());
  };
  places.update(settings);

  const publish = (snapshot: PoolSnapshot): void => {
    cached = learnCached(snapshot);
    take(cached);
    threads.publish(cached);
  };
  const followFiles = () => {
    const worker =
      settings.checks.worker === 'own'
        ? keepWorker({
            settings,
            spawn: () => forkWorker(sibling('worker-process')),
            journal,
            clock,
          })
        : undefined;
    const freshener = startFreshener({
      settings,
      clock,
      dice,
      journal,
      visits: () => book.ledger.visits(),
      probeOf: async (secondary) => {
        const own = once(async () => (await means()).probeOf(secondary));
        return worker === undefined ? own() : createFarProbe(secondary, { ask: worker.ask, own, clock });
      },
      publish,
    });
    const follower = startFollower({
      settings,
      clock,
      journal: freshener.journal,
      publish: freshener.hear,
      startOwn: (first, given) =>
        later(
          async (current) => (await means()).startMonitor({ settings: current, source: 'own', ...given }),
          first,
          journal,
        ),
    });
    return {
      askNow: freshener.askNow,
      update: (next: Settings) => {
        worker?.update(next);
        freshener.update(next);
        follower.update(next);
      },
      stop: async () => {
        freshener.stop();
        await Promise.all([worker?.stop(), follower.stop()]);
      },
    };
  };
  let files = sourcesOf(settings).has('cached') ? followFiles() : undefined;
  askNow = (id) => files?.askNow(id);

  const admin = await startAdminDoor({
    listen: settings.admin,
    ...(settings.admin.password === undefined ? {} : { password: settings.admin.password }),
    ...(settings.admin.tokens === undefined ? {} : { tokens: settings.admin.tokens }),
    pool: () => (files === undefined ? latest : cached),
    settings: () => settings,
    counts: () => countsOf(settings.secondaries, book, receipts.networks()),
    entries: options.entries,
    onEvent: options.onEntry,
    mistakes: options.mistakes,
    complaints,
    why,
    foresee: async (after, boundTo) => {
      const { foresee } = await import('./doors/why/foresee.ts');
      const pool = files === undefined ? latest : cached;
      // A file that takes one out counts whatever the list says.
      const out = settings.secondaries.filter(({ takenOutBy }) => takenOutBy !== undefined);
      const inForce = withTakenOut(withEnds(after, clock.wall()), new Set(out.map(({ id }) => id)));
      return foresee({ before: settings, after: inForce, pool, decisions, boundTo, clock });
    },
    explain: async (wanted) => {
      const { explainVisit } = await import('./doors/why/explain.ts');
      return explainVisit(wanted, {
        settings: withEnds(settings, clock.wall()),
        ...book,
        nextTicket: openRolls(rolls).next,
        known: async (checks) => {
          if (checks === 'none') return { snapshot: nothingKnown('none'), words: 'to the Usher that runs' };
          const snapshot = checks === 'live' ? await liveSnapshot() : cached;
          const ageMs = Math.max(0, clock.now() - snapshot.at);
          const age = `${(ageMs / 1000).toFixed(1)} s old`;
          return { snapshot, words: `to the Usher that runs: news ${age}, and whom it sent where` };
        },
        clock,
        dice,
      });
    },
    everySecond: archive.tick,
    ...(options.editing === undefined ? {} : { editing: options.editing(() => settings.stateFolder) }),
    version,
    clock,
    journal,
  }).catch(async (error: unknown) => {
    await Promise.all([threads.stop(0), files?.stop(), live?.stop(), receipts.stop(), places.stop()]);
    await asking?.close();
    throw error;
  });

  let telling: ReturnType<typeof createTelling> | undefined;
  const tellingMeans = once(async () => {
    const { createTelling: create } = await import('./telling.ts');
    return (telling = create({ clock }));
  });
  const notices = startNotices({
    notify: settings.notify,
    onEntry: options.onEntry,
    carry: async (to, notice) => (await tellingMeans()).carry(to, notice),
    clock,
    journal,
  });
  const drops = watchDrops({ dropped: () => book.ledger.counted('dropped'), journal });
  const ports = threads.ports;
  const urls = [
    ...settings.listen.map(({ host, tls }, at) =>
      doorUrl(tls === undefined ? 'http' : 'https', { host, port: ports[at] ?? 0 }),
    ),
    admin.url,
  ];

  /** Affinity, or another folder, came with an edit: the keys are read now, and made if there are none. */
  const bindFromNow = async (folder: string): Promise<void> => {
    keysFrom = folder;
    try {
      const read = await readSecrets(folder);
      if (keysFrom !== folder) return;
      secrets = read;
      threads.configure(threadConfig());
    } catch (error) {
      // The next edit tries again; until then the old keys count.
      if (keysFrom === folder) keysFrom = undefined;
      journal({ type: 'config-refused', file: folder, mistakes: [String(error)] });
    }
  };

  const update = (next: Settings): void => {
    tellChanges(settings, next, journal);
    const before = settings;
    settings = { ...next, threads: settings.threads, listen: settings.listen };
    book = openBook(settings.secondaries, { threads: settings.threads, now: clock.now(), before: book });
    edition = openEdition();
    receipts.update(settings, book.slots);
    places.update(settings);
    threads.configure(threadConfig());
    const { stateFolder: folder } = settings;
    if (wantsSecrets(settings) && keysFrom !== folder) void bindFromNow(folder);
    live?.update(settings);
    watchUsable(settings, latest);
    notices.update(settings.notify);
    const wantsFiles = sourcesOf(settings).has('cached');
    if (files !== undefined && wantsFiles && before.checks.worker === settings.checks.worker) {
      files.update(settings);
      return;
    }
    void files?.stop();
    files = wantsFiles ? followFiles() : undefined;
  };

  const stop = async (): Promise<void> => {
    drops.stop();
    clearInterval(hurrying);
    await Promise.all([threads.stop(GRACE_MS), files?.stop(), live?.stop(), admin.stop()]);
    await Promise.all([notices.stop(), receipts.stop(), places.stop()]);
    await Promise.all([asking?.close(), telling?.close()]);
  };

  return { urls, update, reopenLogs: threads.reopenLogs, stop };
};
