import type { MessagePort } from 'node:worker_threads';
import { deliveries } from '../deliveries/index.ts';
import { createAffinity, type Secrets } from '../dispatch/affinity.ts';
import { createDispatch, type Pool } from '../dispatch/dispatch.ts';
import { visitReader } from '../dispatch/visit.ts';
import { openLedger, type Ledger } from '../dispatch/ledger.ts';
import { ActionableError } from '../errors.ts';
import type { Clock, Dice } from '../model/clock.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import { policies } from '../policies/index.ts';
import { createAccessLog, type AccessLog } from './access-log.ts';
import { factsOf } from './access-facts.ts';
import type { FromThread, ThreadConfig, ThreadStart, ToThread } from './messages.ts';
import { openPublicDoor, type PublicDoor, type Service } from './public.ts';
import { createSite } from './site.ts';
import { loadViews } from './views.ts';

export interface ThreadParts {
  readonly start: ThreadStart;
  readonly port: MessagePort;
  readonly clock: Clock;
  readonly dice: Dice;
}

/** A snapshot of which nothing is known yet. */
const nothingKnown = (source: PoolSnapshot['source']): PoolSnapshot => ({
  seq: 0,
  at: 0,
  source,
  standings: new Map(),
});

/**
 * One door thread: its own listeners on the shared port, its own dispatch, no lock. The main thread sends config and
 * snapshots; the thread sends questions for live rounds and events.
 */
export const runThread = async ({ start, port, clock, dice }: ThreadParts): Promise<void> => {
  const say = (message: FromThread): void => {
    port.postMessage(message);
  };
  const journal = (event: Extract<FromThread, { type: 'event' }>['event']): void => {
    say({ type: 'event', event });
  };

  const known = { cached: nothingKnown('cached'), live: nothingKnown('live') };
  const waiting = new Map<number, (snapshot: PoolSnapshot) => void>();
  let asked = 0;

  const views = loadViews();
  let config = start.config;
  let ledger: Ledger = openLedger(config.ledger.memory, config.ledger.shape, start.thread);
  let accessLog: AccessLog | undefined;

  const live: Pool = () => {
    const { freshnessMs } = config.settings.checks;
    if (freshnessMs > 0 && known.live.seq > 0 && clock.now() - known.live.at <= freshnessMs) {
      return known.live;
    }
    const { promise, resolve } = Promise.withResolvers<PoolSnapshot>();
    asked += 1;
    waiting.set(asked, resolve);
    say({ type: 'ask', n: asked });
    return promise;
  };
  const none = nothingKnown('none');

  const serve = (next: ThreadConfig): Service => {
    const { settings, slots, secrets } = next;
    const affinity =
      settings.affinity === false || secrets.length === 0
        ? undefined
        : createAffinity({
            ...settings.affinity,
            secrets: secrets.map((secret) => Buffer.from(secret)) as unknown as Secrets,
            wall: clock.wall,
          });
    const log = accessLog;
    const reader = visitReader(settings);
    return {
      dispatch: createDispatch({
        settings,
        pools: { none: () => none, cached: () => known.cached, live },
        policies,
        deliveries,
        views,
        affinity,
        reader,
        ledger,
        slots,
        clock,
        dice,
      }),
      site: createSite({
        settings,
        views,
        reader,
        counted: (what) => {
          ledger.count(what);
        },
      }),
      broke: (error) => {
        journal({
          type: 'bug',
          where: 'dispatch',
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      },
      ...(log === undefined
        ? {}
        : {
            answered: (arrival, answer) => {
              log.write(factsOf(arrival, answer, clock.wall()));
            },
          }),
    };
  };

  const openLog = (path: string | undefined): AccessLog | undefined =>
    path === undefined ? undefined : createAccessLog({ path, journal });

  accessLog = openLog(config.settings.accessLog);
  let service = serve(config);
  let door: PublicDoor | undefined;

  const open = (): Promise<PublicDoor> =>
    openPublicDoor({
      listen: config.settings.listen,
      reusePort: start.reusePort,
      service: () => service,
      wall: clock.wall,
      dropped: () => {
        ledger.count('dropped');
      },
    });

  const configure = async (next: ThreadConfig): Promise<void> => {
    const before = config;
    config = next;
    ledger = openLedger(next.ledger.memory, next.ledger.shape, start.thread);
    if (before.settings.accessLog !== next.settings.accessLog) {
      void accessLog?.close();
      accessLog = openLog(next.settings.accessLog);
    }
    service = serve(next);
    if (JSON.stringify(before.settings.listen) === JSON.stringify(next.settings.listen)) return;
    const old = door;
    door = await open();
    void old?.stop(STOP_OLD_LISTENERS_MS);
  };

  const stop = async (graceMs: number): Promise<void> => {
    await door?.stop(graceMs);
    await accessLog?.close();
    say({ type: 'stopped' });
    port.close();
  };

  const hear = (message: ToThread): void => {
    switch (message.type) {
      case 'snapshot':
        known[message.of] = message.snapshot;
        return;
      case 'asked':
        waiting.get(message.n)?.(known.live);
        waiting.delete(message.n);
        return;
      case 'config':
        configure(message.config).catch((error: unknown) => {
          journal({ type: 'bug', where: 'configure', error: String(error) });
        });
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
    door = await open();
    say({ type: 'open', ports: door.ports });
  } catch (error) {
    if (!(error instanceof ActionableError)) throw error;
    say({ type: 'failed', what: error.message, remedy: error.remedy, exitCode: error.exitCode });
    port.close();
  }
};

const STOP_OLD_LISTENERS_MS = 5000;
