import type { MessagePort } from 'node:worker_threads';
import { openDecisions } from '../../dispatch/diary/decisions.ts';
import type { PoolSource } from '../../dispatch/roster/pool-source.ts';
import { openLedger, type Ledger } from '../../dispatch/ledger/ledger.ts';
import { openRolls } from '../../dispatch/ledger/rolls.ts';
import { ActionableError } from '../../errors.ts';
import type { Journal } from '../../journal.ts';
import { openWhereabouts, type Whereabouts } from '../../geography/whereabouts.ts';
import type { Clock, Dice } from '../../model/clock.ts';
import { nothingKnown, type PoolSnapshot } from '../../model/pool.ts';
import { nonces } from '../../receipts/nonces.ts';
import { openReceipts, type Receipts } from '../../receipts/receipts.ts';
import { createAccessLog, type AccessLog } from '../access-log/access-log.ts';
import { keepRelay } from '../public/kept-relay.ts';
import { unpackConfig } from './config-parcel.ts';
import type { FromThread, ThreadConfig, ThreadStart, ToThread } from './messages.ts';
import { unpack } from './parcel.ts';
import { createSuccession, type Serving } from '../public/succession.ts';
import { createUnpacker } from './unpacker.ts';
import { openPublicDoor, type PublicDoor } from '../public/public.ts';
import { createService } from '../public/service.ts';
import { openTurnout } from '../public/turnout.ts';
import { loadViews } from '../pages/views.ts';

export interface ThreadParts {
  readonly start: ThreadStart;
  readonly port: MessagePort;
  readonly clock: Clock;
  readonly dice: Dice;
}

/**
 * One door thread: its own listeners on the shared port, its own dispatch. What threads share is memory in
 * which each has rows of its own; only receipts lock, a set of networks at a time. The main thread sends config and
 * snapshots; the thread sends questions for live rounds and events.
 */
export const runThread = async ({ start, port, clock, dice }: ThreadParts): Promise<void> => {
  const say = (message: FromThread): void => {
    port.postMessage(message);
  };
  const journal: Journal = (event) => {
    say({ type: 'event', event });
  };

  const untold = nothingKnown('cached');
  let lastLive = nothingKnown('live');
  const waiting = new Map<number, (snapshot: PoolSnapshot) => void>();
  let asked = 0;

  const views = loadViews();
  let config = start.config;
  let ledger: Ledger = openLedger(config.ledger.memory, config.ledger.shape, start.thread);
  let logPath: string | undefined;
  let accessLog: AccessLog | undefined;
  const openIts = ({ receipts }: ThreadConfig): Receipts | undefined =>
    receipts === undefined ? undefined : openReceipts(receipts, { wall: clock.wall, nonce: nonces() });
  let receipts = openIts(config);
  let geography: SharedArrayBuffer | undefined;
  let whereabouts: Whereabouts | undefined;
  const openPlaces = (file: SharedArrayBuffer | undefined): void => {
    if (file === geography) return;
    geography = file;
    // the main thread opened it before
    const opened = file === undefined ? undefined : openWhereabouts(file);
    whereabouts = typeof opened === 'string' ? undefined : opened;
  };
  openPlaces(config.geography);

  const live: PoolSource = () => {
    const { freshnessMs } = config.settings.checks;
    if (freshnessMs > 0 && lastLive.seq > 0 && clock.now() - lastLive.at <= freshnessMs) {
      return lastLive;
    }
    const { promise, resolve } = Promise.withResolvers<PoolSnapshot>();
    asked += 1;
    waiting.set(asked, resolve);
    say({ type: 'ask', n: asked });
    return promise;
  };
  const unasked = nothingKnown('none');

  const decisions = openDecisions(config.diary.memory);
  const rolls = openRolls(config.rolls);
  const relay = keepRelay({ clock, budget: config.budget, thread: start.thread });
  /** Opens the log only where it is another: what answers until then goes on writing to the one before. */
  const serve = (): Serving => {
    const { accessLog: path } = config.settings;
    if (path !== logPath) accessLog = path === undefined ? undefined : createAccessLog({ path, journal });
    logPath = path;
    const service = createService({
      config,
      pools: { none: () => unasked, cached: () => succession.cached(), live },
      ledger,
      rolls,
      departures: config.departures,
      receipts,
      whereabouts,
      views,
      accessLog,
      relay,
      complained: (complaint) => {
        say({ type: 'complaint', complaint });
      },
      clock,
      dice,
      journal,
      diary: { ...config.diary, decisions },
    });
    return { service, accessLog };
  };

  const succession = createSuccession(serve, untold);
  let door: PublicDoor | undefined;
  let opening: Promise<PublicDoor> | undefined;

  const open = (): Promise<PublicDoor> =>
    openPublicDoor({
      listen: config.settings.listen,
      fastLane: true,
      reusePort: start.reusePort,
      service: succession.service,
      wall: clock.wall,
      dropped: () => {
        ledger.count('dropped');
      },
      refused: (status) => {
        ledger.count(status);
      },
      // The files are the same for all threads; one tells of them.
      journal: start.thread === 0 ? journal : () => undefined,
      ticketKeys: Buffer.from(start.ticketKeys),
      shared: {
        most: () => config.connections.most,
        turnout: openTurnout(config.connections.turnout),
        ...{ thread: start.thread, threads: config.settings.threads },
      },
    });

  const configure = (next: ThreadConfig): void => {
    config = next;
    lastLive = nothingKnown('live');
    ledger = openLedger(next.ledger.memory, next.ledger.shape, start.thread);
    receipts = openIts(next);
    openPlaces(next.geography);
    succession.renew();
    door?.renew();
  };

  const stop = async (graceMs: number): Promise<void> => {
    relay.stop();
    // What is still opening is open before it can be stopped; where it cannot be opened that was told.
    await (await opening?.catch(() => undefined))?.stop(graceMs);
    unpacker.stop();
    await succession.stop();
    say({ type: 'stopped' });
    port.close();
  };

  const unpacker = createUnpacker(untold, succession.hear);

  const hear = (message: ToThread): void => {
    switch (message.type) {
      case 'snapshot':
        if (message.of === 'cached') unpacker.hear(message.parcel);
        else lastLive = unpack(message.parcel, lastLive);
        return;
      case 'asked':
        waiting.get(message.n)?.(lastLive);
        waiting.delete(message.n);
        return;
      case 'config':
        configure(unpackConfig(message.parcel, config));
        return;
      case 'reopen-logs':
        accessLog?.reopen();
        return;
      case 'stop':
        void stop(message.graceMs);
        return;
    }
  };
  port.on('message', hear);

  try {
    opening = open();
    door = await opening;
    say({ type: 'open', ports: door.ports });
  } catch (error) {
    if (!(error instanceof ActionableError)) throw error;
    say({ type: 'failed', what: error.message, remedy: error.remedy, exitCode: error.exitCode });
    await stop(0);
  }
};
