import type { Id } from '../../model/secondary.ts';

export interface Slots {
  readonly of: ReadonlyMap<Id, number>;
  /** slots that went to a new secondary, and begin at 0 */
  readonly fresh: readonly number[];
}

/**
 * Gives every secondary a row of the ledger: those that stay keep theirs, new ones take the lowest that are free. What is
 * given up now is not free yet: until threads hear of it they go on counting visitors there.
 */
export const assignSlots = (ids: readonly Id[], before: ReadonlyMap<Id, number>): Slots => {
  const of = new Map<Id, number>();
  const taken = new Set(before.values());
  for (const id of ids) {
    const slot = before.get(id);
    if (slot !== undefined) of.set(id, slot);
  }
  const fresh: number[] = [];
  let next = 0;
  for (const id of ids) {
    if (of.has(id)) continue;
    while (taken.has(next)) next += 1;
    taken.add(next);
    of.set(id, next);
    fresh.push(next);
  }
  return { of, fresh };
};
