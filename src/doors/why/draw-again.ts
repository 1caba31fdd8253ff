import { dieAfter } from '../../dispatch/diary/die-after.ts';
import type { NotedDecision } from '../../dispatch/diary/decisions.ts';
import type { Draw, LedgerView, NearnessView } from '../../model/policy.ts';
import type { Host, Target, Visit } from '../../model/visit.ts';

/** The draw of a decision once more. */
export interface DrawAgain {
  readonly draw: Draw;
  /** false: more was asked for than is kept, and what came of it is nothing */
  readonly isKept: () => boolean;
}

/**
 * The draw of a decision once more, from what was noted of it. Of the visitor nothing is known; what policies know visits
 * by they only look up, and that is kept.
 *
 * @param ledger as it was then; `undefined`: that is not kept
 */
export const drawAgain = (noted: NotedDecision, ledger: LedgerView | undefined): DrawAgain => {
  const { ticket, dice, at, print, near, from } = noted;
  let isBeyond = false;
  const beyond = <Instead>(instead: Instead): Instead => {
    isBeyond = true;
    return instead;
  };
  const visit: Visit = {
    method: 'GET',
    scheme: 'http',
    get host() {
      return beyond('' as Host);
    },
    target: '/' as Target,
    visitor: () => '',
    cookie: '',
    get userAgent() {
      return beyond('');
    },
    get accept() {
      return beyond('');
    },
    get dest() {
      return beyond('');
    },
    avoid: [],
  };
  const lost: LedgerView = {
    since: () => beyond(0),
    get fading() {
      return beyond([]);
    },
  };
  let casts = 0;
  const draw: Draw = {
    visit,
    ticket: Math.max(0, ticket),
    dice: () => {
      const cast = casts;
      casts += 1;
      return dice[cast] ?? dieAfter(dice.at(-1) ?? 0.5, cast);
    },
    now: at,
    ledger: ledger ?? lost,
    print: () => print ?? beyond(0),
    ...(near === undefined ? {} : { near: nearAgain(near) }),
    whereabouts: () => from,
  };
  return { draw, isKept: () => !isBeyond };
};

/** What a network had measured, as it was noted. */
export const nearAgain = (known: NonNullable<NotedDecision['near']>): NearnessView => ({
  find: () => 0,
  note: () => undefined,
  places: known.length,
  slotAt: (_, place) => known[place]?.slot ?? -1,
  msAt: (_, place) => known[place]?.ms ?? 0,
  countAt: () => 0,
  unanswered: () => 0,
});
