import type { NearnessView } from '../../src/model/policy.ts';

/** What one network measured, whoever asks. */
export const nearOf = (known: readonly { readonly slot: number; readonly ms: number }[]): NearnessView => ({
  find: () => 7,
  note: () => undefined,
  places: known.length + 1,
  slotAt: (_, place) => known[place]?.slot ?? -1,
  msAt: (_, place) => known[place]?.ms ?? 0,
  countAt: () => 3,
  unanswered: () => 0,
});
