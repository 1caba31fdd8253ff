import type { Choosing } from '../deliveries/delivery.ts';
import { behind } from '../deliveries/locate.ts';
import type { Instant, Clock, Dice } from '../model/clock.ts';
import type { Chosen } from '../model/decision.ts';
import type { Draw } from '../model/policy.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import type { Reply } from '../model/reply.ts';
import type { Answer, MakeAnswer } from './answer.ts';
import type { Asked } from './asked.ts';
import type { Carriage } from './carriage.ts';
import type { Bound } from './affinity.ts';
import { OFTEN, type Boomerang } from './boomerang.ts';
import { decide } from './decide.ts';
import type { Deliver } from './deliver.ts';
import { noteIn, type Diary } from './diary/diary.ts';
import type { Ledger } from './ledger/ledger.ts';
import { rememberingOrigins } from './origins.ts';
import { ownOrigin } from './visit/own-origin.ts';
import type { Rolls } from './ledger/rolls.ts';
import type { TellMore } from './tell-more.ts';
import type { TurnAway } from './turn-away.ts';
import type { VisitReader } from './visit/visit.ts';
import type { VisitorsRosters } from './roster/visitors-roster.ts';
import { createWitness } from './diary/witness.ts';

/** Decides where a visit goes by what is known of the pool, and answers it. `undefined`: the primary's own pages do. */
export type Settle = (snapshot: PoolSnapshot, asked: Asked) => Answer | undefined;

interface SettleParts {
  readonly rosters: Pick<VisitorsRosters, 'of'>;
  readonly slots: ReadonlyMap<Id, number>;
  readonly ledger: Ledger;
  readonly rolls: Pick<Rolls, 'draw'>;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly near: Draw['near'];
  readonly whereabouts: Draw['whereabouts'];
  readonly diary: Diary | undefined;
  readonly carriage: Carriage | undefined;
  /** absent: returns are not minded */
  readonly boomerang: Boomerang | undefined;
  readonly reader: VisitReader;
  readonly answer: MakeAnswer;
  readonly nobody: TurnAway['nobody'];
  readonly more: TellMore;
  readonly deliver: Deliver;
}

/** Where a visitor goes, with the cookie that he came with and the one that he gets. */
interface Going {
  readonly decision: Chosen;
  readonly bound: Bound | undefined;
  readonly badge: string | undefined;
}

/** Stands for the answer of the secondary. */
const CARRIED: Reply = { status: 200, headers: [] };

/** How a visitor is delivered who takes the way out: his browser looks whom it reaches, unless it has. */
const leavingBy = ({ leaving, through }: Asked): Choosing | undefined => {
  if (leaving === undefined) return undefined;
  return leaving.reached === undefined ? through.leaving : through.direct;
};

/** Whatever is decided is counted and noted. */
export const createSettle = (parts: SettleParts): Settle => {
  const { rosters, ledger, rolls, clock, slots, diary, carriage, reader, answer } = parts;
  const { nobody, more, deliver, boomerang } = parts;
  const { begin, sources, seen } = createWitness(parts);
  const { dice, near, whereabouts, print } = sources;
  const originOf = rememberingOrigins(Math.max(0, ...slots.values()) + 1);
  const witnessed = { seen, near: parts.near };

  const count = ({ kind, candidate: { slot } }: Chosen, because: string, now: Instant): void => {
    if (kind === 'kept') ledger.keep(slot);
    else ledger.choose(slot, now);
    ledger.because(slot, kind, because);
  };

  /** How often in a row he was back at once from where he goes; after the first time on that one is suspected. */
  const timesBack = (asked: Asked, { decision, bound, badge }: Going): number => {
    const goes = badge ?? bound?.badge;
    if (boomerang === undefined || goes === undefined) return 0;
    const came = decision.kind === 'kept' ? bound?.badge : undefined;
    const times = boomerang.sent(asked, { came, goes });
    if (times > 0) boomerang.suspect(decision.candidate.secondary.id, asked.visit);
    return times;
  };

  return (snapshot, asked) => {
    const { visit, arrival } = asked;
    const { policy, because, affinity, way } = asked.through;
    const { avoid } = visit;
    const bound = visit.cookie === '' ? undefined : affinity?.read(visit.cookie, visit.scheme);
    const roster = rosters.of(snapshot, visit);
    let ticket = -1;
    const now = clock.now();
    begin();
    const decision = decide({
      roster,
      bound: bound?.id,
      policy,
      because,
      draw: (): Draw => {
        ticket = rolls.draw(way, roster.whose);
        return { visit, ticket, dice, now, ledger, near, whereabouts, print };
      },
      avoid,
      reached: asked.leaving?.reached,
    });
    const number =
      diary === undefined
        ? undefined
        : noteIn(diary, { decision, roster, now, way, ticket, avoid, slots, witnessed });
    if (decision.kind === 'none') return nobody(asked, number);
    const { secondary, slot } = decision.candidate;
    const { id } = secondary;
    const location = behind(originOf(decision.candidate, visit.host), visit.target);
    // One that drains gives no new cookies, or those who come often would never leave it.
    const isBound = decision.kind === 'kept' && (bound?.isAging === false || roster.draining.has(id));
    const badge = isBound ? undefined : affinity?.badge(id, slot);
    const cookie = badge === undefined ? undefined : affinity?.give(badge, visit.scheme);
    if (cookie !== undefined) {
      ledger.give(slot);
      const before = bound === undefined ? undefined : slots.get(bound.id);
      if (bound !== undefined && before !== undefined) {
        ledger.replace({ slot: before, givenAt: now - bound.ageMs });
      }
    }
    // Whoever says that nobody works for him has one way left.
    const isLastWay = !asked.isCarried && carriage?.isLastWay(id, visit) === true;
    if (asked.isCarried || isLastWay) {
      count(decision, 'relay', now);
      const { isRelay: isForAll } = asked.through;
      const grant = carriage?.renewed(visit);
      const carry = {
        to: secondary,
        visit,
        own: ownOrigin(visit, arrival, reader),
        location,
        isForAll,
        isLastWay,
        grant,
      };
      return { ...answer(CARRIED, { id, because: 'relay', visit, cookie, number }), carry };
    }
    const settled = { decision, roster, location };
    if (more.isWished(arrival, visit)) {
      count(decision, decision.because, now);
      return answer(more.reply(asked, settled), { id, because: decision.because, visit, cookie, number });
    }
    const times = timesBack(asked, { decision, bound, badge });
    const told = times > 0 ? 'return' : decision.because;
    count(decision, told, now);
    const isDoubted = times >= OFTEN || asked.isTriedAnew;
    const reply = deliver(asked, settled, isDoubted ? asked.through.doubting : leavingBy(asked));
    return answer(reply, { id, because: told, visit, cookie, number });
  };
};
