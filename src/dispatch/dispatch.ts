import type { EntranceSettings, Settings } from '../config/settings.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { locate } from '../deliveries/locate.ts';
import { isPlainQuestion } from '../deliveries/plain-question.ts';
import { refusal } from '../deliveries/refusal.ts';
import { sorry } from '../deliveries/sorry.ts';
import type { Views } from '../deliveries/views.ts';
import type { Clock, Dice } from '../model/clock.ts';
import type { Chosen } from '../model/decision.ts';
import type { Draw, Policy } from '../model/policy.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Reply } from '../model/reply.ts';
import type { Id } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';
import { makeFrom, type Registry } from '../unit.ts';
import type { Affinity } from './affinity.ts';
import type { Arrival } from './arrival.ts';
import { decide } from './decide.ts';
import { createWays, landingOf, mainWay } from './entrances.ts';
import type { Ledger } from './ledger.ts';
import { createRosters } from './roster.ts';
import { readVisit, type Refusal, type VisitReader } from './visit.ts';

/** What is known of the pool now; a promise only where somebody has to be asked first. */
export type PoolSource = () => PoolSnapshot | Promise<PoolSnapshot>;

/** An answer with its reason, for the access log. */
export interface Answer {
  readonly reply: Reply;
  /** value of a `Set-Cookie` header; absent: none */
  readonly cookie?: string | undefined;
  /** the secondary; absent: none */
  readonly id: Id | undefined;
  /** one word */
  readonly because: string;
  readonly visit: Visit | undefined;
}

export interface Dispatch {
  /** Answers a visit, or `undefined`: it is for the primary's own pages. */
  readonly dispatch: (arrival: Arrival) => Answer | undefined | Promise<Answer | undefined>;
  /** Whether `dispatch` answers this target by itself and at once. */
  readonly takes: (url: string) => boolean;
}

export interface DispatchParts {
  readonly settings: Settings;
  readonly pools: Readonly<Record<'none' | 'live' | 'cached', PoolSource>>;
  readonly policies: Registry<Policy>;
  readonly deliveries: Registry<Delivery>;
  readonly views: Views;
  readonly affinity: Affinity | undefined;
  readonly reader: VisitReader;
  readonly ledger: Ledger;
  readonly slots: ReadonlyMap<Id, number>;
  readonly clock: Clock;
  readonly dice: Dice;
}

/** One way through: of a path that the config names, or of all others. */
interface Entrance {
  readonly policy: Policy;
  readonly because: string;
  readonly pool: PoolSource;
  readonly delivery: Delivery;
  readonly affinity: Affinity | undefined;
}

const refusals: Readonly<Record<Refusal, 400 | 405 | 421 | 426>> = {
  'bad-target': 400,
  'bad-host': 400,
  'not-our-name': 421,
  trace: 405,
  websocket: 426,
};

/** Puts the parts of the public door together once; what comes out answers visit after visit. */
export const createDispatch = (parts: DispatchParts): Dispatch => {
  const { settings, pools, policies, deliveries, views, reader, ledger, slots, clock, dice } = parts;
  const { landing, whenAllDown, debug } = settings;

  const entrance = (of: Exclude<EntranceSettings, 'local'>): Entrance => ({
    policy: makeFrom(policies, of.policy),
    because: of.policy.name,
    pool: pools[of.checks],
    delivery: makeFrom(deliveries, of.delivery),
    affinity: of.affinity ? parts.affinity : undefined,
  });
  const elsewhere = entrance(mainWay(settings));
  const entrances = new Map<string, Entrance | 'local'>([['/', elsewhere]]);
  for (const [path, of] of settings.entrances) entrances.set(path, of === 'local' ? of : entrance(of));
  const wayOf = createWays<Entrance | 'local'>(entrances, elsewhere);

  const rosterOf = createRosters({
    secondaries: settings.secondaries,
    slots,
    slowReturnMs: settings.checks.slowReturnMs,
    whenAllDown: whenAllDown.kind === 'anyone' ? 'anyone' : 'nobody',
    clock,
  });
  const answer = (reply: Reply, { id, because, visit, cookie }: Omit<Answer, 'reply'>): Answer => ({
    reply: debug ? withHeader(reply, 'X-Usher', `${id ?? '-'} ${because}`) : reply,
    cookie,
    id,
    because,
    visit,
  });

  const refuse = (why: Refusal): Answer => {
    const status = refusals[why];
    ledger.count(String(status));
    return answer(refusal(status), { id: undefined, because: why, visit: undefined });
  };

  const nobody = (visit: Visit): Answer | undefined => {
    if (whenAllDown.kind === 'local') return undefined;
    ledger.count('none');
    const reply: Reply =
      whenAllDown.kind === 'url'
        ? {
            status: isPlainQuestion(visit.method) ? 302 : 307,
            headers: ['Location', whenAllDown.url, 'Cache-Control', 'no-store'],
          }
        : sorry(visit, views);
    return answer(reply, { id: undefined, because: 'all-down', visit });
  };

  const note = ({ kind, candidate, because }: Chosen): void => {
    if (kind === 'kept') {
      ledger.keep(candidate.slot);
      return;
    }
    ledger.choose(candidate.slot, clock.now());
    ledger.count(because);
  };

  const settle = (snapshot: PoolSnapshot, visit: Visit, through: Entrance): Answer | undefined => {
    const { policy, because, delivery, affinity } = through;
    const bound = visit.cookie === '' ? undefined : affinity?.read(visit.cookie, visit.scheme);
    const decision = decide({
      roster: rosterOf(snapshot),
      bound: bound?.id,
      policy,
      because,
      draw: (): Draw => ({ visit, ticket: ledger.ticket(), dice, now: clock.now(), ledger }),
      avoid: visit.avoid,
    });
    if (decision.kind === 'none') return nobody(visit);
    note(decision);
    const { id, address } = decision.candidate.secondary;
    const reply = delivery(visit, locate(address, visit.host, visit.target), views);
    const isBound = decision.kind === 'kept' && bound?.isAging === false;
    const cookie = isBound ? undefined : affinity?.bind(id, visit.scheme);
    return answer(reply, { id, because: decision.because, visit, cookie });
  };

  const mayTake =
    settings.checks.from !== 'live' && whenAllDown.kind !== 'local' && settings.trustProxies.length === 0;
  const takes = (url: string): boolean => mayTake && wayOf(url) === elsewhere;

  const dispatch: Dispatch['dispatch'] = (arrival) => {
    const visit = readVisit(arrival, reader);
    if (typeof visit === 'string') return refuse(visit);
    const { target } = visit;
    const through = wayOf(target);
    if (through === 'local' || through === 'own') return undefined;

    const isNamed = through !== elsewhere || target === '/' || target.startsWith('/?');
    const isLanding = isNamed && target !== landing && isPlainQuestion(visit.method);
    const landed = isLanding ? { ...visit, target: landingOf(settings, target) } : visit;
    const snapshot = through.pool();
    if (!(snapshot instanceof Promise)) return settle(snapshot, landed, through);
    return snapshot.then((fresh) => settle(fresh, landed, through));
  };

  return { dispatch, takes };
};

const withHeader = (reply: Reply, name: string, value: string): Reply => ({
  ...reply,
  headers: [...reply.headers, name, value],
});
