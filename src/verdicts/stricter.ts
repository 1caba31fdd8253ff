import type { State } from '../model/secondary.ts';

const STRICTNESS: Readonly<Record<State, number>> = { ready: 0, drain: 1, maintenance: 2 };

/** What counts of what the operator set and what a secondary asks for itself: that can only be stricter. */
export const stricter = (state: State, wish: State | 'down' | undefined): State => {
  if (wish === undefined || wish === 'down') return state;
  return STRICTNESS[wish] > STRICTNESS[state] ? wish : state;
};
