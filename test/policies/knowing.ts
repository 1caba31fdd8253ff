import type { NearnessView } from '../../src/model/policy.ts';

/** A network that knows how many milliseconds the secondary in each slot takes; without any it is unknown. */
export const knowing = (...ms: readonly number[]): NearnessView => ({
  find: () => (ms.length === 0 ? -1 : 0),
  note: () => undefined,
  places: ms.length,
  slotAt: (_row, place) => place,
  msAt: (_row, place) => ms[place] ?? NaN,
  countAt: () => 3,
  unanswered: () => 0,
});
