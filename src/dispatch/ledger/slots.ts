import type { Instant } from '../../model/clock.ts';
import type { Id } from '../../model/secondary.ts';

export interface Slots {
  readonly of: ReadonlyMap<Id, number>;
  /** slots that went to a new secondary, and begin at 0 */
  readonly fresh: readonly number[];
  /** slots that are not free yet, with when they were given up; the longest held first */
  readonly held: ReadonlyMap<number, Instant>;
}

/**
 * Who goes by the secondaries of before counts visitors there: a thread that has not heard of the new ones, or is not
 * ready for them, and a visitor who waits for a live answer. All that takes seconds.
 */
const HELD_MS = 60_000;
const HELD_LISTS = 4;
/** A megabyte where there are four threads. */
const FEWEST_HELD = 1000;

/**
 * Gives every secondary a row of the ledger: those that stay keep theirs, new ones take the lowest that are free. What is
 * given up is free a minute later. Where that would hold more than four times the list before, and more than 1000, the
 * longest held are free sooner, lest whole lists of new ids fill the memory: the visits of who still goes by a list that
 * old count for others.
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
  const stillHeld = [...before.held].filter(([, at]) => now - at < HELD_MS);
  const givenUp = [...before.of].filter(([id]) => !of.has(id)).map(([, slot]) => [slot, now] as const);
  const most = Math.max(FEWEST_HELD, HELD_LISTS * before.of.size);
  const held = new Map([...stillHeld, ...givenUp].slice(-most));
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
