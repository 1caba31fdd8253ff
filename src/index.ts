import type { IncomingMessage, ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { createAsking } from './asking.ts';
import { systemClock, systemDice } from './clock.ts';
import { loadConfig, settingsFrom } from './config/load.ts';
import { inOrder } from './config/in-order.ts';
import type { Settings } from './config/settings.ts';
import { followTakenOut } from './config/follow-taken-out.ts';
import { refusal } from './deliveries/refusal.ts';
import { openBook } from './dispatch/ledger/book.ts';
import { allocateDepartures } from './dispatch/boomerang.ts';
import { createWays, mainWay } from './dispatch/entrances.ts';
import { allocateRolls, openRolls } from './dispatch/ledger/rolls.ts';
import { rememberingDate } from './dispatch/send.ts';
import { answering } from './doors/public/answering.ts';
import { keepRelay } from './doors/public/kept-relay.ts';
import { createService, type ServiceParts } from './doors/public/service.ts';
import { sendReply } from './doors/pages/send-reply.ts';
import { upgrading, type Upgrade } from './doors/public/upgrade.ts';
import { createSuccession, type Serving } from './doors/public/succession.ts';
import { loadViews } from './doors/pages/views.ts';
import type { Whereabouts } from './geography/whereabouts.ts';
import { withoutTurns, type Event } from './journal.ts';
import { keepPlaces } from './primary/keep-places.ts';
import { keepReceipts } from './primary/keep-receipts.ts';
import { nonces } from './receipts/nonces.ts';
import { openReceipts } from './receipts/receipts.ts';
import { pathOf } from './model/path-of.ts';
import { nothingKnown, type PoolSnapshot } from './model/pool.ts';
import { startFreshener } from './monitor/freshener.ts';
import { createLearner } from './monitor/learner.ts';
import { createUsableWatch } from './monitor/usable.ts';
import { registries } from './registries.ts';
import { allocateBudget } from './relay/budget.ts';
import { createReporter, type Reporter, type ReporterOptions } from './report/middleware.ts';
import { sourcesOf } from './primary/sources-of.ts';
import { readSecrets } from './stores/secret.ts';
import { wantsSecrets } from './primary/wants-secrets.ts';

export { ActionableError } from './errors.ts';
export type { Event } from './journal.ts';
export type { Settings } from './config/settings.ts';
export type { Reporter, ReporterOptions } from './report/middleware.ts';

/** What Usher is put into somebody's own Express app, or any Node server, with. */
export interface UsherOptions {
  /** told what happens, for the app's own log; absent: nobody */
  readonly onEvent?: (event: Event) => void;
}

/**
 * Express middleware that sends visitors on; what is not for it (`local` entrances, `/.usher/`) goes to the next.
 */
export interface UsherMiddleware {
  (request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /**
   * Carries WebSockets where the config has a `relay`, and refuses them by 426 where it has none:
   * `server.on('upgrade', sendOn.upgrade)`. Without it every handshake is refused.
   */
  readonly upgrade: Upgrade;
  /** What is known of the secondaries now. */
  readonly pool: () => PoolSnapshot;
  /** Ends the checks; the app's own server is not touched. */
  readonly stop: () => Promise<void>;
}

/**
 * Usher as middleware of an Express app: one thread, checks made in this process.
 *
 * @param config the content of an `usher.json`, or the name of such a file; its listeners, worker and admin door are
 *   not used
 * @throws ActionableError with every mistake in the config
 */
export const usher = async (
  config: string | Readonly<Record<string, unknown>>,
  { onEvent = () => undefined }: UsherOptions = {},
): Promise<UsherMiddleware> => {
  const clock = systemClock();
  const listed = await read(config);
  const takenOut = await followTakenOut(() => listed, { journal: onEvent, wall: clock.wall });
  let settings = takenOut.apply(listed);
  // Before anything runs: a state folder that cannot be used ends it here.
  const secrets = wantsSecrets(settings) ? await readSecrets(settings.stateFolder) : [];
  const { slots, ledger, markReports } = openBook(settings.secondaries, { threads: 1, now: clock.now() });
  const asking = createAsking({ clock, dice: systemDice, journal: onEvent });

  const wanted = sourcesOf(settings);
  const none = nothingKnown('none');
  const about = { clock, pool: () => ({ secondaries: settings.secondaries, slots, ledger }) };
  const learn = createLearner(about);
  const learnLive = createLearner(about);
  let known = wanted.has('cached') ? nothingKnown('memory') : none;
  const watchUsable = createUsableWatch(onEvent, clock);
  const take = (snapshot: PoolSnapshot): void => {
    known = snapshot;
    markReports(snapshot, clock.now());
    watchUsable(settings, snapshot);
  };
  const keepAsking = () => {
    const freshener = startFreshener({
      settings,
      clock,
      dice: systemDice,
      journal: onEvent,
      visits: ledger.visits,
      probeOf: (secondary) => Promise.resolve(asking.probeOf(secondary)),
      publish: (snapshot) => {
        take(learn(snapshot));
        succession.hear(known);
      },
    });
    const monitor = asking.startMonitor({
      settings,
      source: 'memory',
      journal: freshener.journal,
      publish: freshener.hear,
    });
    return { freshener, monitor };
  };
  const learnFromLive = (snapshot: PoolSnapshot): PoolSnapshot => {
    const learned = learnLive(snapshot);
    if (cached === undefined) take(learned);
    return learned;
  };
  const livePool = (): PoolSnapshot | Promise<PoolSnapshot> => {
    const snapshot = live.pool();
    return snapshot instanceof Promise ? snapshot.then(learnFromLive) : learnFromLive(snapshot);
  };

  const receipts = keepReceipts({ clock, journal: onEvent });
  receipts.update(settings, slots);
  const memory = receipts.memory();
  const relay = keepRelay({ clock, budget: allocateBudget(1), thread: 0 });
  const parts: Omit<ServiceParts, 'config' | 'whereabouts'> = {
    pools: { none: () => none, cached: () => succession.cached(), live: livePool },
    ledger,
    rolls: openRolls(allocateRolls()),
    departures: allocateDepartures(),
    receipts: memory === undefined ? undefined : openReceipts(memory, { wall: clock.wall, nonce: nonces() }),
    views: loadViews(),
    accessLog: undefined,
    relay,
    complained: ({ secondary }) => cached?.freshener.askNow(secondary),
    clock,
    dice: systemDice,
    journal: onEvent,
  };
  let whereabouts: Whereabouts | undefined;
  const places = keepPlaces({ journal: onEvent, changed: () => void goByPlaces() });
  const serve = (): Serving => ({
    service: createService({
      ...parts,
      config: { settings: { ...places.placed(settings), threads: 1 }, slots, secrets },
      whereabouts,
    }),
    accessLog: undefined,
  });
  const succession = createSuccession(serve, known);
  const cached = wanted.has('cached') ? keepAsking() : undefined;
  // Where the monitor asks all the time, it tells who turned. Nobody is asked here before a visitor comes.
  const live = asking.startLive({
    settings,
    journal: cached === undefined ? onEvent : withoutTurns(onEvent),
  });
  let isStopped = false;
  const goByPlaces = async (): Promise<void> => {
    const { openWhereabouts } = await import('./geography/whereabouts.ts');
    const file = places.file();
    const opened = file === undefined ? undefined : openWhereabouts(file);
    if (isStopped || typeof opened === 'string') return;
    whereabouts = opened;
    succession.renew();
  };
  places.update(settings);
  takenOut.start(() => {
    settings = takenOut.apply(listed);
    cached?.freshener.update(settings);
    cached?.monitor.update(settings);
    live.update(settings);
    watchUsable(settings, known);
    succession.renew();
  });
  const answer = answering(succession.service, rememberingDate(clock.wall));
  const wayOf = createWays(settings.entrances, mainWay(settings));
  const middleware: typeof answer = (request, response, next) => {
    answer(request, response, () => {
      // Local entrances are the app's own pages, but for the splash page, which comes with the package.
      const { originalUrl, url } = request as typeof request & { readonly originalUrl?: string };
      const target = originalUrl ?? url ?? '/';
      const way = wayOf(target);
      const isOurs = target.startsWith('/.usher/') || (way === 'local' && pathOf(target) === '/splash.html');
      if (isOurs) succession.service().site(request, response);
      else next();
    });
  };
  const takeOver = upgrading((request, response) => {
    middleware(request, response, () => {
      sendReply(request, response, { reply: refusal(404) });
    });
  });
  const upgrade: Upgrade = (request, stream, head) => {
    request.socket.on('error', () => request.socket.destroy());
    stream.on('error', () => stream.destroy());
    takeOver(request, stream, head);
  };
  return Object.assign(middleware, {
    upgrade,
    pool: () => known,
    stop: async () => {
      isStopped = true;
      takenOut.stop();
      relay.stop();
      cached?.freshener.stop();
      await Promise.all([
        succession.stop(),
        cached?.monitor.stop(),
        live.stop(),
        receipts.stop(),
        places.stop(),
      ]);
      await asking.close();
    },
  });
};

/**
 * For the app of a secondary: counts what it does, and tells it to the primary's `json` load reader.
 * `app.use(counting.middleware)` first of all, then `app.get('/load.json', counting.handler)`.
 *
 * @throws ActionableError where `allow` holds what is no address range
 */
export const reporter = (options: ReporterOptions = {}): Reporter => createReporter(options, systemClock());

const read = async (config: string | Readonly<Record<string, unknown>>): Promise<Settings> =>
  typeof config === 'string'
    ? inOrder(await loadConfig(resolve(config), registries), config)
    : inOrder(await settingsFrom(config, registries, process.cwd()), 'The config');
