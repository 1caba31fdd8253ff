import type { Journal } from '../journal.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Id, Secondary, State } from '../model/secondary.ts';
import { ownWish, type OwnWish } from '../verdicts/own-wish.ts';

/** What was told of a secondary. */
interface Told {
  readonly wish: OwnWish;
  /** its state by the list then */
  readonly listed: State;
}

/**
 * Watches what secondaries ask for themselves: that they are leaving, that they want nobody. Tells when that begins to
 * count and when it ends, as it is told when the operator wants it.
 */
export const createWishWatch = (
  journal: Journal,
): ((secondaries: readonly Secondary[], snapshot: PoolSnapshot) => void) => {
  let told: ReadonlyMap<Id, Told> = new Map();

  const tellState = (
    { id, state }: Secondary,
    { before, now }: { before: Told | undefined; now: OwnWish | undefined },
  ): void => {
    const because = now?.because ?? 'it asks for it no more';
    // what a new list changes is told by whoever read it
    const from = before?.listed === state ? stateBy(before.wish, state) : state;
    const to = stateBy(now, state);
    if (from !== to) journal({ type: 'state-changed', secondary: id, from, to, because });
  };

  return (secondaries, { standings }) => {
    const isQuiet = told.size === 0 && !anyWish(standings);
    if (isQuiet) return;
    const wishes = new Map<Id, Told>();
    for (const secondary of secondaries) {
      const { id, state } = secondary;
      const standing = standings.get(id);
      const before = told.get(id);
      // of whom nothing is known just now, what was told stands
      const now = standing === undefined ? before?.wish : ownWish(state, standing);
      if (now !== undefined) wishes.set(id, { wish: now, listed: state });
      tellState(secondary, { before, now });
      const [was, is] = [before?.wish.state === 'down', now?.state === 'down'];
      // of whom the checks find down, they tell it
      if (was === is || standing?.verdict.health !== 'up') continue;
      const because = now?.state === 'down' ? now.because : 'it asks for it no more';
      journal({
        type: 'health-changed',
        secondary: id,
        from: was ? 'down' : 'up',
        to: is ? 'down' : 'up',
        because,
      });
    }
    told = wishes;
  };
};

const anyWish = (standings: PoolSnapshot['standings']): boolean => {
  for (const { verdict, load } of standings.values())
    if (verdict.leaving === true || load?.wish !== undefined) return true;
  return false;
};

const stateBy = (wish: OwnWish | undefined, state: State): State =>
  wish === undefined || wish.state === 'down' ? state : wish.state;
