import type { Settings } from '../config/settings.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { behind } from '../deliveries/locate.ts';
import { isPlainQuestion } from '../deliveries/plain-question.ts';
import { redirectTo } from '../deliveries/redirect.ts';
import type { Views } from '../deliveries/views.ts';
import type { Clock, Dice } from '../model/clock.ts';
import type { Complaint } from '../model/complaint.ts';
import type { Draw, Policy } from '../model/policy.ts';
import type { Id } from '../model/secondary.ts';
import type { Receipts } from '../receipts/receipts.ts';
import type { Registry } from '../unit.ts';
import type { Affinity } from './affinity.ts';
import { createAnswer, type Answer } from './answer.ts';
import type { Arrival } from './visit/arrival.ts';
import type { Asked, Leaving } from './asked.ts';
import { createBoomerang } from './boomerang.ts';
import type { Carriage } from './carriage.ts';
import { createCors } from './cors.ts';
import { createDeliver } from './deliver.ts';
import type { Diary } from './diary/diary.ts';
import { makeEntrances } from './make-entrances.ts';
import { landingOf } from './entrances.ts';
import { createGlance } from './glance.ts';
import { keepReady, type Ready } from './roster/keep-ready.ts';
import type { Ledger } from './ledger/ledger.ts';
import { ownOrigin } from './visit/own-origin.ts';
import type { PoolSources } from './roster/pool-source.ts';
import type { Rolls } from './ledger/rolls.ts';
import { createSecured } from './secured.ts';
import { createSettle } from './settle.ts';
import { createTellMore } from './tell-more.ts';
import { createTurnAway } from './turn-away.ts';
import { createVisitorsRoster } from './roster/visitors-roster.ts';
import { readVisit, type VisitReader } from './visit/visit.ts';

/** `hear`: a new snapshot of the `cached` pool, for which all is made ready before visitors come. */
export interface Dispatch extends Ready {
  /**
   * Answers a visit, or `undefined`: it is for the primary's own pages.
   *
   * @param leaving he takes the way out
   */
  readonly dispatch: (
    arrival: Arrival,
    leaving?: Leaving,
  ) => Answer | undefined | Promise<Answer | undefined>;
  /** Whether `dispatch` answers this arrival by itself and at once. */
  readonly takes: (arrival: Arrival) => boolean;
}

export interface DispatchParts {
  readonly settings: Settings;
  readonly pools: PoolSources;
  readonly policies: Registry<Policy>;
  readonly deliveries: Registry<Delivery>;
  readonly views: Views;
  readonly affinity: Affinity | undefined;
  /** absent: nobody is carried */
  readonly carriage: Carriage | undefined;
  readonly reader: VisitReader;
  readonly ledger: Ledger;
  readonly rolls: Rolls;
  /** who was sent away lately: memory that all threads share */
  readonly departures: SharedArrayBuffer;
  /** hears that a secondary may not work for a visitor */
  readonly complained: (complaint: Complaint) => void;
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

/** Puts the parts of the public door together once; what comes out answers visit after visit. */
export const createDispatch = (parts: DispatchParts): Dispatch => {
  const { settings, pools, policies, deliveries, views, affinity, carriage, reader } = parts;
  const { ledger, rolls, receipts, whereabouts, slots, clock, dice, diary } = parts;
  const { departures, complained } = parts;
  const { landing, whenAllDown } = settings;
  const cors = createCors(settings.secondaries, settings.listen);
  const secured = createSecured(settings.redirectToHttps);
  const isCarrying = carriage !== undefined;
  const entrances = makeEntrances({
    ...{ settings, pools, policies, deliveries, affinity },
    isCarrying,
    isLearning: receipts !== undefined,
  });
  const { main } = entrances;

  const rosters = createVisitorsRoster(
    {
      secondaries: settings.secondaries,
      slots,
      slowReturnMs: settings.checks.slowReturnMs,
      whenAllDown: whenAllDown.kind === 'anyone' ? 'anyone' : 'nobody',
      ledger,
      clock,
      policies: main.pool === pools.live ? [] : [main.policy],
    },
    settings.lan,
  );
  const ready = keepReady({ rosters, visits: ledger.visits });
  // Where nobody checks no snapshot ever comes; what ages is kept ready all the same.
  const nothing = main.pool === pools.none ? pools.none() : undefined;
  if (nothing !== undefined && !(nothing instanceof Promise)) ready.hear(nothing);

  const answer = createAnswer(settings, diary);
  const near = receipts?.atlas;
  const glance = createGlance({ ledger, rolls, clock, dice, near, whereabouts });
  const more = createTellMore({
    jsonAnswers: settings.jsonAnswers,
    ttl: Math.max(1, Math.ceil(settings.checks.everyMs / 1000)),
    views,
    glance,
  });
  const { refuse, nobody } = createTurnAway({ whenAllDown, views, ledger, answer, isTold: more.isTold });
  const settle = createSettle({
    ...{
      rosters,
      slots,
      ledger,
      rolls,
      clock,
      dice,
      near,
      whereabouts,
      diary,
      carriage,
      reader,
      answer,
      nobody,
      more,
    },
    boomerang: createBoomerang({ ...settings, departures, clock, complained }),
    deliver: createDeliver({ views, receipts, carryAt: carriage?.link.of, glance }),
  });

  /** Lets the script of a page of another origin read the answer. */
  const open = (given: Answer | undefined, { arrival, visit }: Asked): Answer | undefined =>
    given === undefined || arrival.origin === ''
      ? given
      : { ...given, reply: cors.opened(given.reply, arrival.origin, visit.host) };

  const mayTake =
    settings.checks.from !== 'live' && whenAllDown.kind !== 'local' && settings.trustProxies.length === 0;
  const takes: Dispatch['takes'] = (arrival) =>
    mayTake &&
    entrances.of(arrival.url) === main &&
    (carriage === undefined || !(main.isRelay || carriage.mayBeFor(arrival)));

  const dispatch: Dispatch['dispatch'] = (arrival, leaving) => {
    const visit = readVisit(arrival, reader);
    if (typeof visit === 'string') return refuse(visit);
    const { target } = visit;
    const through = entrances.of(target);
    if (through === 'own') return undefined;
    const secure = secured(visit);
    if (secure !== undefined) return answer(secure, { id: undefined, because: 'https', visit });
    if (through === 'local') return undefined;
    const isCarried = carriage !== undefined && (through.isRelay || carriage.isFor(arrival, visit));
    const isAsked = visit.method === 'OPTIONS' && !isCarried;
    const preflight = isAsked ? cors.preflight(arrival, visit.host) : undefined;
    if (preflight !== undefined) return answer(preflight, { id: undefined, because: 'preflight', visit });

    const isNamed = (through !== main && !through.isRelay) || target === '/' || target.startsWith('/?');
    const isLanding = isNamed && target !== landing && isPlainQuestion(visit.method);
    const landed = isLanding ? { ...visit, target: landingOf(settings, target) } : visit;
    if (isLanding && isCarried && landed.target !== target) {
      const reply = redirectTo(visit.method, behind(ownOrigin(visit, arrival, reader), landed.target));
      return answer(reply, { id: undefined, because: 'relay', visit });
    }
    const isTriedAnew = carriage !== undefined && !isCarried && carriage.isTriedAnew(visit);
    const asked = { visit: landed, through, arrival, isCarried, isTriedAnew, leaving };
    const snapshot = through.pool();
    if (!(snapshot instanceof Promise)) return open(settle(snapshot, asked), asked);
    return snapshot.then((fresh) => open(settle(fresh, asked), asked));
  };

  return { dispatch, takes, ...ready };
};
