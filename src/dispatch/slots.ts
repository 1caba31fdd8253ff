import type { Id } from '../model/secondary.ts';

export interface Slots {
  readonly of: ReadonlyMap<Id, number>;
  /** slots that went to a new secondary, and begin at 0 */
  readonly fresh: readonly number[];
}

/** Gives every secondary a row of the ledger: those that stay keep theirs, new ones take the lowest that are free. */
export const assignSlots = (ids: readonly Id[], before: ReadonlyMap<Id, number>): Slots => {
  const of = new Map<Id, number>();
  const taken = new Set<number>();
  for (const id of ids) {
    const slot = before.get(id);
    if (slot === undefined) continue;
    of.set(id, slot);
    taken.add(slot);
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
