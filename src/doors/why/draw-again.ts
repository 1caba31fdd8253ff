import { dieAfter } from '../../dispatch/die-after.ts';
import type { NotedDecision } from '../../dispatch/decisions.ts';
import type { Draw, LedgerView, NearnessView } from '../../model/policy.ts';
import type { Target, Visit } from '../../model/visit.ts';

/** Asked for more than is kept. */
class NotKept extends Error {}

const notKept = (): never => {
  throw new NotKept();
};

/** A ledger that nobody kept. */
export const LOST_LEDGER: LedgerView = {
  since: notKept,
  get fading() {
    return notKept();
  },
};

/** What is asked, or `undefined` where that takes more of the visitor than is kept. */
export const orNotKept = <Found>(ask: () => Found): Found | undefined => {
  try {
    return ask();
  } catch (error) {
    if (error instanceof NotKept) return undefined;
    throw error;
  }
};

/** Somebody of whom nothing is known; what policies know visits by they only look up, and that is kept. */
const VISIT: Visit = {
  method: 'GET',
  scheme: 'http',
  get host() {
    return notKept();
  },
  target: '/' as Target,
  visitor: () => '',
  cookie: '',
  get userAgent() {
    return notKept();
  },
  get accept() {
    return notKept();
  },
  get dest() {
    return notKept();
  },
  avoid: [],
};

/** The draw of a decision once more, from what was noted of it. */
export const drawAgain = (noted: NotedDecision, ledger: LedgerView): Draw => {
  const { ticket, dice, at, print, near, from } = noted;
  let casts = 0;
  return {
    visit: VISIT,
    ticket: Math.max(0, ticket),
    dice: () => {
      const cast = casts;
      casts += 1;
      return dice[cast] ?? dieAfter(dice.at(-1) ?? 0.5, cast);
    },
    now: at,
    ledger,
    print: () => print ?? notKept(),
    ...(near === undefined ? {} : { near: nearAgain(near) }),
    whereabouts: () => from,
  };
};

/** What a network had measured, as it was noted. */
export const nearAgain = (known: NonNullable<NotedDecision['near']>): NearnessView => ({
  find: () => 0,
  note: () => undefined,
  places: known.length,
  slotAt: (_, place) => known[place]?.slot ?? -1,
  msAt: (_, place) => known[place]?.ms ?? 0,
  unanswered: () => 0,
});
