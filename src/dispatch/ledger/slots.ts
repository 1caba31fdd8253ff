import type { Instant } from '../../model/clock.ts';
import type { Id } from '../../model/secondary.ts';

export interface Slots {
  readonly of: ReadonlyMap<Id, number>;
  /** slots that went to a new secondary, and begin at 0 */
  readonly fresh: readonly number[];
  /** slots that are not free yet, with when they were given up */
  readonly held: ReadonlyMap<number, Instant>;
}

/**
 * Who goes by the secondaries of before counts visitors there: a thread that has not heard of the new ones, or is not
 * ready for them, and a visitor who waits for a live answer. All that takes seconds.
 */
const HELD_MS = 60_000;

/**
 * Gives every secondary a row of the ledger: those that stay keep theirs, new ones take the lowest that are free. What is
 * given up is free a minute later, however many edits come meanwhile.
 */
export const assignSlots = (
  ids: readonly Id[],
  now: Instant,
  before: Pick<Slots, 'of' | 'held'> = { of: new Map(), held: new Map() },
): Slots => {
  const of = new Map<Id, number>();
  for (const id of ids) {
    const slot = before.of.get(id);
    if (slot !== undefined) of.set(id, slot);
  }
  const held = new Map<number, Instant>();
  for (const [slot, at] of before.held) if (now - at < HELD_MS) held.set(slot, at);
  for (const [id, slot] of before.of) if (!of.has(id)) held.set(slot, now);
  const taken = new Set([...of.values(), ...held.keys()]);
  const fresh: number[] = [];
  let next = 0;
  for (const id of ids) {
    if (of.has(id)) continue;
    while (taken.has(next)) next += 1;
    taken.add(next);
    of.set(id, next);
    fresh.push(next);
  }
  return { of, fresh, held };
};
