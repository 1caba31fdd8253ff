import type { RequestListener } from 'node:http';
import { deliveries } from '../../deliveries/index.ts';
import type { Views } from '../../deliveries/views.ts';
import { createAffinity } from '../../dispatch/affinity.ts';
import type { Arrival } from '../../dispatch/visit/arrival.ts';
import { createCarriage } from '../../dispatch/carriage.ts';
import type { Answer } from '../../dispatch/answer.ts';
import type { Diary } from '../../dispatch/diary/diary.ts';
import { createDispatch, type Dispatch } from '../../dispatch/dispatch.ts';
import type { PoolSources } from '../../dispatch/roster/pool-source.ts';
import { timed } from '../../dispatch/diary/decision-times.ts';
import type { Ledger } from '../../dispatch/ledger/ledger.ts';
import type { Rolls } from '../../dispatch/ledger/rolls.ts';
import { visitReader } from '../../dispatch/visit/visit.ts';
import type { Journal } from '../../journal.ts';
import type { Complaint } from '../../model/complaint.ts';
import type { Clock, Dice } from '../../model/clock.ts';
import { isNonEmpty } from '../../model/non-empty.ts';
import { policies } from '../../policies/index.ts';
import type { Whereabouts } from '../../geography/whereabouts.ts';
import type { Receipts } from '../../receipts/receipts.ts';
import { factsOf, factsOfUnread } from '../access-log/access-facts.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import { createCarrying, type Carrying, type Sent } from './carrying.ts';
import type { KeptRelay } from './kept-relay.ts';
import { lateSite } from '../pages/late-site.ts';
import { logged } from '../access-log/logged.ts';
import type { ThreadConfig } from '../threads/messages.ts';
import { takeReceipts } from './receipt.ts';

/** What requests are answered with, and who is told; replaced as a whole when the config changes. */
export interface Service extends Dispatch {
  /** the primary's own pages, for what dispatch passes on */
  readonly site: RequestListener;
  /** called once an answer of dispatch is on its way */
  readonly answered?: (arrival: Arrival, answer: Answer, sent?: Sent) => void;
  /** called once what was no HTTP is answered, with who sent it */
  readonly unread?: (visitor: string, status: number) => void;
  /** carries what dispatch does not send on; absent: nothing is */
  readonly carrying: Carrying | undefined;
  /** something broke that should not have */
  readonly broke: (error: unknown) => void;
  /** It answers from now on, and none before it: what they share goes by its settings. */
  readonly begin: () => void;
}

export interface ServiceParts {
  readonly config: Pick<ThreadConfig, 'settings' | 'slots' | 'secrets'>;
  readonly pools: PoolSources;
  readonly ledger: Ledger;
  readonly rolls: Rolls;
  /** who was sent away lately: memory that all threads share */
  readonly departures: SharedArrayBuffer;
  readonly receipts?: Receipts | undefined;
  /** tells where an address is; absent: nobody knows */
  readonly whereabouts?: Whereabouts | undefined;
  readonly views: Views;
  readonly accessLog: AccessLog | undefined;
  readonly relay: KeptRelay;
  /** hears that a secondary did not work for a visitor */
  readonly complained: (complaint: Complaint) => void;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly journal: Journal;
  /** where decisions are noted; absent: nobody asks why */
  readonly diary?: Diary | undefined;
}

/** Puts together what answers visitors, as the config wants it. */
export const createService = (parts: ServiceParts): Service => {
  const {
    config,
    pools,
    ledger,
    rolls,
    receipts,
    views,
    accessLog,
    relay,
    complained,
    clock,
    dice,
    journal,
    diary,
  } = parts;
  const { settings, slots } = config;
  const secrets = config.secrets.map((secret) => Buffer.from(secret));
  const affinity =
    settings.affinity === false || !isNonEmpty(secrets)
      ? undefined
      : createAffinity({ ...settings.affinity, secrets, wall: clock.wall, dice });
  const carriage =
    settings.relay === undefined || !isNonEmpty(secrets)
      ? undefined
      : createCarriage({ settings: { ...settings, relay: settings.relay }, secrets, wall: clock.wall });
  const reader = visitReader(settings);
  const broke = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    journal({ type: 'bug', where: 'dispatch', error: text });
  };
  const dispatching = createDispatch({
    settings,
    pools,
    policies,
    deliveries,
    views,
    affinity,
    carriage,
    reader,
    ledger,
    rolls,
    departures: parts.departures,
    complained,
    receipts,
    whereabouts: parts.whereabouts,
    slots,
    clock,
    dice,
    diary,
  });
  const { dispatch } = dispatching;
  const site = lateSite({
    ...{ settings, views, reader, dispatch, affinity, carriage, complained, slots, ledger, clock },
    pool: pools[settings.checks.from],
    counted: ledger.count,
    broke,
  });
  const answered =
    accessLog === undefined
      ? undefined
      : (arrival: Arrival, answer: Answer, sent?: Sent): void => {
          accessLog.write(
            factsOf(arrival, answer, { wallMs: clock.wall(), sent, forwarded: reader.forwarded }),
          );
        };
  const carrying =
    carriage === undefined
      ? undefined
      : createCarrying({
          ...{ settings, relay, views, dispatch, answered },
          counted: ledger.count,
          added: ledger.add,
        });
  const visits = { ...dispatching, dispatch: timed(dispatch, { ledger, clock }) };
  return {
    ...(receipts === undefined
      ? visits
      : takeReceipts(visits, {
          ...{ receipts, slots, affinity, reader, ledger, clock },
          draining: new Set(settings.secondaries.flatMap(({ id, state }) => (state === 'drain' ? [id] : []))),
          hasProxies: settings.trustProxies.length > 0,
        })),
    site: accessLog === undefined ? site : logged(site, { reader, write: accessLog.write, wall: clock.wall }),
    broke,
    begin: () => {
      relay.update(settings.relay === undefined ? undefined : { ...settings, relay: settings.relay });
    },
    carrying,
    ...(answered === undefined ? {} : { answered }),
    ...(accessLog === undefined
      ? {}
      : {
          unread: (visitor, status) => {
            accessLog.write(factsOfUnread(visitor, status, clock.wall()));
          },
        }),
  };
};
