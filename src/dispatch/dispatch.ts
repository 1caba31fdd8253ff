import type { EntranceSettings, Settings } from '../config/settings.ts';
import { race } from '../deliveries/choosing.ts';
import type { Choosing, Delivery } from '../deliveries/delivery.ts';
import { behind, locate, type Location } from '../deliveries/locate.ts';
import { isPlainQuestion } from '../deliveries/plain-question.ts';
import { reach } from '../deliveries/reach.ts';
import { redirectTo } from '../deliveries/redirect.ts';
import { refusal } from '../deliveries/refusal.ts';
import { AGAIN_IN_SECONDS, sorry } from '../deliveries/sorry.ts';
import { alternates, told, wantsAlternates, wantsTold } from '../deliveries/told.ts';
import type { Views } from '../deliveries/views.ts';
import type { Clock, Dice, Instant } from '../model/clock.ts';
import type { Chosen } from '../model/decision.ts';
import type { Draw, Policy } from '../model/policy.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Reply } from '../model/reply.ts';
import type { Id } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';
import type { Receipts } from '../receipts/receipts.ts';
import { makeFrom, type Registry } from '../unit.ts';
import type { Affinity } from './affinity.ts';
import { alternativesTo } from './alternatives.ts';
import type { Arrival } from './arrival.ts';
import type { Carriage, Carry } from './carriage.ts';
import { createCors } from './cors.ts';
import { decide } from './decide.ts';
import { decisionId, type Decisions } from './decisions.ts';
import { createWays, landingOf, mainWay } from './entrances.ts';
import type { Ledger } from './ledger.ts';
import { keepReady, type Ready } from './keep-ready.ts';
import { offerOf } from './offer.ts';
import { ownOrigin } from './own-origin.ts';
import type { Roster } from './roster.ts';
import { createVisitorsRoster } from './visitors-roster.ts';
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
  /** names the decision; only with `debug` */
  readonly decision?: string | undefined;
  /** he is carried there; the reply does not count */
  readonly carry?: Carry;
}

/** `hear`: a new snapshot of the `cached` pool, for which all is made ready before visitors come. */
export interface Dispatch extends Ready {
  /** Answers a visit, or `undefined`: it is for the primary's own pages. */
  readonly dispatch: (arrival: Arrival) => Answer | undefined | Promise<Answer | undefined>;
  /** Whether `dispatch` answers this arrival by itself and at once. */
  readonly takes: (arrival: Arrival) => boolean;
}

export interface DispatchParts {
  readonly settings: Settings;
  readonly pools: Readonly<Record<'none' | 'live' | 'cached', PoolSource>>;
  readonly policies: Registry<Policy>;
  readonly deliveries: Registry<Delivery>;
  readonly views: Views;
  readonly affinity: Affinity | undefined;
  /** absent: nobody is carried */
  readonly carriage: Carriage | undefined;
  readonly reader: VisitReader;
  readonly ledger: Ledger;
  /** absent: no page lets a browser choose */
  readonly receipts?: Receipts | undefined;
  /** tells where an address is; absent: nobody knows */
  readonly whereabouts?: Draw['whereabouts'];
  readonly slots: ReadonlyMap<Id, number>;
  readonly clock: Clock;
  readonly dice: Dice;
  /** where decisions are noted; absent: nobody asks why */
  readonly diary?: Diary | undefined;
}

/** Where decisions are noted, and under which name. */
export interface Diary {
  readonly decisions: Decisions;
  /** names this run of Usher */
  readonly run: string;
  /** of the settings */
  readonly edition: number;
}

/** One way through: of a path that the config names, or of all others. */
interface Entrance {
  readonly policy: Policy;
  readonly because: string;
  readonly pool: PoolSource;
  readonly delivery: Delivery;
  /** how a visitor is delivered whose browser the policy wants to be asked who is near */
  readonly learning: Choosing | undefined;
  readonly affinity: Affinity | undefined;
  /** 0 the main way, then the entrances in their order */
  readonly way: number;
  /** everybody who comes in by it is carried */
  readonly isRelay: boolean;
}

/** A visit on its way, with what only few answers need. */
interface Asked {
  readonly visit: Visit;
  readonly through: Entrance;
  readonly arrival: Arrival;
  /** a rule or his own cookie says that he is carried */
  readonly isCarried: boolean;
}

/** Whom a visit goes to, and who else there is. */
interface Settled {
  readonly decision: Chosen;
  readonly roster: Roster;
  readonly location: Location;
}

/** Stands for the answer of the secondary. */
const CARRIED: Reply = { status: 200, headers: [] };

const refusals: Readonly<Record<Refusal, 400 | 405 | 421 | 426>> = {
  'bad-target': 400,
  'bad-host': 400,
  'not-our-name': 421,
  trace: 405,
  websocket: 426,
};

/** Puts the parts of the public door together once; what comes out answers visit after visit. */
export const createDispatch = (parts: DispatchParts): Dispatch => {
  const {
    settings,
    pools,
    policies,
    deliveries,
    views,
    reader,
    ledger,
    receipts,
    slots,
    clock,
    diary,
    carriage,
  } = parts;
  const { dice } = diary?.decisions ?? parts;
  const { landing, whenAllDown, debug } = settings;
  const cors = createCors(settings.secondaries, settings.listen);
  const ttl = Math.max(1, Math.ceil(settings.checks.everyMs / 1000));

  const entrance = (of: Exclude<EntranceSettings, 'local'>, way: number): Entrance => {
    const made = makeFrom(deliveries, of.delivery);
    const mayFail = carriage !== undefined && of.delivery.name === 'page' && made.choosing === undefined;
    const itself: Delivery = (...given) => made(...given);
    const delivery: Delivery = mayFail ? Object.assign(itself, { choosing: reach(made) }) : made;
    return {
      policy: makeFrom(policies, of.policy),
      because: of.policy.name,
      pool: pools[of.checks],
      delivery,
      learning: receipts === undefined ? undefined : race(delivery),
      affinity: of.affinity ? parts.affinity : undefined,
      way,
      isRelay: of.delivery.name === 'relay',
    };
  };
  const elsewhere = entrance(mainWay(settings), 0);
  const entrances = new Map<string, Entrance | 'local'>([['/', elsewhere]]);
  let ways = 0;
  for (const [path, of] of settings.entrances) {
    ways += 1;
    entrances.set(path, of === 'local' ? of : entrance(of, ways));
  }
  const wayOf = createWays<Entrance | 'local'>(entrances, elsewhere);

  const rosters = createVisitorsRoster(
    {
      secondaries: settings.secondaries,
      slots,
      slowReturnMs: settings.checks.slowReturnMs,
      whenAllDown: whenAllDown.kind === 'anyone' ? 'anyone' : 'nobody',
      ledger,
      clock,
      policies: elsewhere.pool === pools.cached ? [elsewhere.policy] : [],
    },
    settings.lan,
  );
  const ready = keepReady({ rosters, visits: ledger.visits });
  const answer = (
    reply: Reply,
    {
      id,
      because,
      visit,
      cookie,
      number,
    }: Omit<Answer, 'reply' | 'decision'> & { readonly number?: number | undefined },
  ): Answer => {
    if (!debug) return { reply, cookie, id, because, visit };
    const decision = diary === undefined || number === undefined ? undefined : decisionId(diary.run, number);
    const told = ['X-Usher', `${id ?? '-'} ${because}`];
    if (decision !== undefined) told.push('X-Usher-Decision', decision);
    return {
      reply: { ...reply, headers: [...reply.headers, ...told] },
      cookie,
      id,
      because,
      visit,
      decision,
    };
  };

  const refuse = (why: Refusal): Answer => {
    const status = refusals[why];
    ledger.count(String(status));
    return answer(refusal(status), { id: undefined, because: why, visit: undefined });
  };

  const certified = new Set(settings.redirectToHttps === false ? [] : settings.redirectToHttps.names);
  /** The way to the TLS door, for a host that has a certificate. */
  const secured = ({ method, host, target }: Visit): Reply | undefined => {
    const { redirectToHttps } = settings;
    if (redirectToHttps === false || !certified.has(host)) return undefined;
    const address = { kind: 'same-host', scheme: 'https', port: redirectToHttps.port } as const;
    return redirectTo(method, locate(address, host, target));
  };

  /** Whether he wants to be told where to go instead of being sent. */
  const isTold = ({ accept }: Arrival, { method }: Visit): boolean =>
    accept !== '' && settings.jsonAnswers && isPlainQuestion(method) && wantsTold(accept);

  const nobody = ({ visit, arrival }: Asked, number: number | undefined): Answer | undefined => {
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
    return answer(reply, { id: undefined, because: 'all-down', visit, number });
  };

  const note = ({ kind, candidate, because }: Chosen, now: Instant): void => {
    if (kind === 'kept') {
      ledger.keep(candidate.slot);
      return;
    }
    ledger.choose(candidate.slot, now);
    ledger.count(because);
  };

  /** Whether the alternatives belong into the answer. */
  const wishesMore = (arrival: Arrival, visit: Visit): boolean =>
    (arrival.prefer !== '' && wantsAlternates(arrival.prefer)) || isTold(arrival, visit);

  const near = receipts?.atlas;
  const { whereabouts } = parts;
  /** A draw for a second look at a decision that is made: it takes no ticket, and its dice are not those of the decision. */
  const glance = (visit: Visit): Draw => ({
    visit,
    ticket: ledger.tickets(),
    dice: parts.dice,
    now: clock.now(),
    ledger,
    near,
    whereabouts,
  });

  /** How a visitor is delivered whose browser has a say in where he goes; `undefined`: it has none. */
  const choosingOf = ({ visit, through }: Asked, { decision, roster }: Settled): Choosing | undefined => {
    const { delivery, learning, policy } = through;
    if (decision.kind === 'kept') return undefined;
    if (delivery.choosing !== undefined) return delivery.choosing;
    if (learning === undefined || !visit.accept.includes('html')) return undefined;
    return roster.prepared(policy)?.isCurious?.(glance(visit)) === true ? learning : undefined;
  };
  const deliver = (asked: Asked, settled: Settled): Reply => {
    const { visit, through } = asked;
    const choosing = choosingOf(asked, settled);
    if (choosing === undefined) return through.delivery(visit, settled.location, views);
    const { policy, affinity } = through;
    const about = { ...settled, policy, draw: glance(visit), most: choosing.among - 1 };
    return choosing.reply(
      visit,
      settled.location,
      offerOf(about, { views, receipts, isBinding: affinity !== undefined }),
    );
  };

  const tellMore = ({ visit, through, arrival }: Asked, { decision, roster, location }: Settled): Reply => {
    const { policy, delivery } = through;
    const others = alternativesTo(decision.candidate, { roster, policy, draw: glance(visit) });
    const alternatives = others.map(({ secondary }) => locate(secondary.address, visit.host, visit.target));
    if (isTold(arrival, visit)) {
      return told({ url: location, alternatives, because: decision.because, ttl });
    }
    const reply = delivery(visit, location, views);
    return { ...reply, headers: [...reply.headers, ...alternates(alternatives)] };
  };

  const settle = (snapshot: PoolSnapshot, asked: Asked): Answer | undefined => {
    const { visit, arrival } = asked;
    const { policy, because, affinity } = asked.through;
    const bound = visit.cookie === '' ? undefined : affinity?.read(visit.cookie, visit.scheme);
    const roster = rosters.of(snapshot, visit);
    let ticket = -1;
    const now = clock.now();
    diary?.decisions.begin();
    const decision = decide({
      roster,
      bound: bound?.id,
      policy,
      because,
      draw: (): Draw => {
        ticket = ledger.ticket();
        return { visit, ticket, dice, now, ledger, near, whereabouts };
      },
      avoid: visit.avoid,
    });
    const number = diary?.decisions.note({
      at: now,
      kind: decision.kind,
      slot: decision.kind === 'none' ? -1 : decision.candidate.slot,
      way: asked.through.way,
      source: roster.snapshot.source,
      snapshotSeq: roster.snapshot.seq,
      snapshotAt: roster.snapshot.at,
      rosterAt: roster.madeAt,
      edition: diary.edition,
      ticket,
      avoids: visit.avoid.length > 0,
    });
    if (decision.kind === 'none') return nobody(asked, number);
    note(decision, now);
    const { secondary } = decision.candidate;
    const { id, address } = secondary;
    const location = locate(address, visit.host, visit.target);
    const isBound = decision.kind === 'kept' && bound?.isAging === false;
    const cookie = isBound ? undefined : affinity?.bind(id, visit.scheme);
    // Whoever says that nobody works for him has one way left.
    if (asked.isCarried || (carriage !== undefined && visit.avoid.includes(id))) {
      const carry = { to: secondary, visit, own: ownOrigin(visit, arrival, reader), location };
      return { ...answer(CARRIED, { id, because: 'relay', visit, cookie, number }), carry };
    }
    const settled = { decision, roster, location };
    const reply = wishesMore(arrival, visit) ? tellMore(asked, settled) : deliver(asked, settled);
    return answer(reply, { id, because: decision.because, visit, cookie, number });
  };

  /** Lets the script of a page of another origin read the answer. */
  const open = (given: Answer | undefined, { arrival, visit }: Asked): Answer | undefined =>
    given === undefined || arrival.origin === ''
      ? given
      : { ...given, reply: cors.opened(given.reply, arrival.origin, visit.host) };

  const mayTake =
    settings.checks.from !== 'live' && whenAllDown.kind !== 'local' && settings.trustProxies.length === 0;
  const takes: Dispatch['takes'] = (arrival) =>
    mayTake &&
    wayOf(arrival.url) === elsewhere &&
    (carriage === undefined || !(elsewhere.isRelay || carriage.mayBeFor(arrival)));

  const dispatch: Dispatch['dispatch'] = (arrival) => {
    const visit = readVisit(arrival, reader);
    if (typeof visit === 'string') return refuse(visit);
    const { target } = visit;
    const through = wayOf(target);
    if (through === 'own') return undefined;
    const secure = visit.scheme === 'http' ? secured(visit) : undefined;
    if (secure !== undefined) return answer(secure, { id: undefined, because: 'https', visit });
    if (through === 'local') return undefined;
    const isCarried = carriage !== undefined && (through.isRelay || carriage.isFor(arrival, visit));
    const isAsked = visit.method === 'OPTIONS' && !isCarried;
    const preflight = isAsked ? cors.preflight(arrival, visit.host) : undefined;
    if (preflight !== undefined) return answer(preflight, { id: undefined, because: 'preflight', visit });

    const isNamed = (through !== elsewhere && !through.isRelay) || target === '/' || target.startsWith('/?');
    const isLanding = isNamed && target !== landing && isPlainQuestion(visit.method);
    const landed = isLanding ? { ...visit, target: landingOf(settings, target) } : visit;
    if (isLanding && isCarried && landed.target !== target) {
      const reply = redirectTo(visit.method, behind(ownOrigin(visit, arrival, reader), landed.target));
      return answer(reply, { id: undefined, because: 'relay', visit });
    }
    const asked = { visit: landed, through, arrival, isCarried };
    const snapshot = through.pool();
    if (!(snapshot instanceof Promise)) return open(settle(snapshot, asked), asked);
    return snapshot.then((fresh) => open(settle(fresh, asked), asked));
  };

  return { dispatch, takes, ...ready };
};
