import type { EntranceSettings, Settings } from '../config/settings.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { locate, type Location } from '../deliveries/locate.ts';
import { isPlainQuestion } from '../deliveries/plain-question.ts';
import { refusal } from '../deliveries/refusal.ts';
import { AGAIN_IN_SECONDS, sorry } from '../deliveries/sorry.ts';
import { alternates, told, wantsAlternates, wantsTold } from '../deliveries/told.ts';
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
import { alternativesTo } from './alternatives.ts';
import type { Arrival } from './arrival.ts';
import { createCors } from './cors.ts';
import { decide } from './decide.ts';
import { createWays, landingOf, mainWay } from './entrances.ts';
import type { Ledger } from './ledger.ts';
import { createRosters, type Roster } from './roster.ts';
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

/** A visit on its way, with what only few answers need. */
interface Asked {
  readonly visit: Visit;
  readonly through: Entrance;
  readonly arrival: Arrival;
}

/** Whom a visit goes to, and who else there is. */
interface Settled {
  readonly decision: Chosen;
  readonly roster: Roster;
  readonly location: Location;
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
  const cors = createCors(settings.secondaries, settings.listen);
  const ttl = Math.max(1, Math.ceil(settings.checks.everyMs / 1000));

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

  /** Whether he wants to be told where to go instead of being sent. */
  const isTold = ({ accept }: Arrival, { method }: Visit): boolean =>
    accept !== '' && settings.jsonAnswers && isPlainQuestion(method) && wantsTold(accept);

  const nobody = ({ visit, arrival }: Asked): Answer | undefined => {
    if (whenAllDown.kind === 'local') return undefined;
    ledger.count('none');
    const url = whenAllDown.kind === 'url' ? whenAllDown.url : null;
    const reply: Reply = isTold(arrival, visit)
      ? told({ url, alternatives: [], because: 'all-down', ttl: AGAIN_IN_SECONDS })
      : whenAllDown.kind === 'url'
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

  /** Whether the alternatives belong into the answer. */
  const wishesMore = (arrival: Arrival, visit: Visit): boolean =>
    (arrival.prefer !== '' && wantsAlternates(arrival.prefer)) || isTold(arrival, visit);

  const tellMore = ({ visit, through, arrival }: Asked, { decision, roster, location }: Settled): Reply => {
    const { policy, delivery } = through;
    const draw = { visit, ticket: ledger.tickets(), dice, now: clock.now(), ledger };
    const others = alternativesTo(decision.candidate, { roster, policy, draw });
    const alternatives = others.map(({ secondary }) => locate(secondary.address, visit.host, visit.target));
    if (isTold(arrival, visit)) {
      return told({ url: location, alternatives, because: decision.because, ttl });
    }
    const reply = delivery(visit, location, views);
    return { ...reply, headers: [...reply.headers, ...alternates(alternatives)] };
  };

  const settle = (snapshot: PoolSnapshot, asked: Asked): Answer | undefined => {
    const { visit, arrival } = asked;
    const { policy, because, delivery, affinity } = asked.through;
    const bound = visit.cookie === '' ? undefined : affinity?.read(visit.cookie, visit.scheme);
    const roster = rosterOf(snapshot);
    const decision = decide({
      roster,
      bound: bound?.id,
      policy,
      because,
      draw: (): Draw => ({ visit, ticket: ledger.ticket(), dice, now: clock.now(), ledger }),
      avoid: visit.avoid,
    });
    if (decision.kind === 'none') return nobody(asked);
    note(decision);
    const { id, address } = decision.candidate.secondary;
    const location = locate(address, visit.host, visit.target);
    const reply = wishesMore(arrival, visit)
      ? tellMore(asked, { decision, roster, location })
      : delivery(visit, location, views);
    const isBound = decision.kind === 'kept' && bound?.isAging === false;
    const cookie = isBound ? undefined : affinity?.bind(id, visit.scheme);
    return answer(reply, { id, because: decision.because, visit, cookie });
  };

  /** Lets the script of a page of another origin read the answer. */
  const open = (given: Answer | undefined, { arrival, visit }: Asked): Answer | undefined =>
    given === undefined || arrival.origin === ''
      ? given
      : { ...given, reply: cors.opened(given.reply, arrival.origin, visit.host) };

  const mayTake =
    settings.checks.from !== 'live' && whenAllDown.kind !== 'local' && settings.trustProxies.length === 0;
  const takes = (url: string): boolean => mayTake && wayOf(url) === elsewhere;

  const dispatch: Dispatch['dispatch'] = (arrival) => {
    const visit = readVisit(arrival, reader);
    if (typeof visit === 'string') return refuse(visit);
    const { target } = visit;
    const through = wayOf(target);
    if (through === 'local' || through === 'own') return undefined;
    const preflight = visit.method === 'OPTIONS' ? cors.preflight(arrival, visit.host) : undefined;
    if (preflight !== undefined) return answer(preflight, { id: undefined, because: 'preflight', visit });

    const isNamed = through !== elsewhere || target === '/' || target.startsWith('/?');
    const isLanding = isNamed && target !== landing && isPlainQuestion(visit.method);
    const landed = isLanding ? { ...visit, target: landingOf(settings, target) } : visit;
    const asked = { visit: landed, through, arrival };
    const snapshot = through.pool();
    if (!(snapshot instanceof Promise)) return open(settle(snapshot, asked), asked);
    return snapshot.then((fresh) => open(settle(fresh, asked), asked));
  };

  return { dispatch, takes };
};

const withHeader = (reply: Reply, name: string, value: string): Reply => ({
  ...reply,
  headers: [...reply.headers, name, value],
});
