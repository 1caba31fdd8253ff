import { inSlices, type Slices } from '../model/slices.ts';
import { wholeWeights } from './whole-weights.ts';

/**
 * One round of turns as places in the list, in which each weight has its number of turns, spread evenly: after any
 * number of turns everybody has had his share to within less than one turn. Equal weights take turns in list order.
 *
 * The k-th of w turns in a round of W may come from floor((k − 1)·W/w) on and has to come before ⌈k·W/w⌉; of those that
 * may, the one that has to come soonest is next, of equal ones the heavier, then the earlier in the list. Such an order
 * always exists and this rule finds it (S. Baruah et al., "Proportionate progress: a notion of fairness in resource
 * allocation", Algorithmica 15, 1996). The smooth weighted round robin of nginx aims at the same, but takes n steps for
 * each turn; this takes log n, n being the number of different weights: those of equal weight always come one after the
 * other, and wait in the queue as one.
 */
export function* turnsOf(weights: ArrayLike<number>): Slices<Uint32Array> {
  const whole = yield* wholeWeights(weights);
  const members = new Map<number, number[]>();
  let length = 0;
  yield* inSlices(whole, (share, place) => {
    length += share;
    const alike = members.get(share);
    if (alike === undefined) members.set(share, [place]);
    else alike.push(place);
  });
  const groups = [...members.values()];
  const shares = Uint32Array.from(members.keys());
  const deadlines = Float64Array.from(shares, (share) => length / share);
  const turns = new Uint32Array(length);
  /** how often all of a group had their turn, and how many of it once more */
  const had = new Uint32Array(shares.length);
  const more = new Uint32Array(shares.length);

  // which group may come from which turn on: a linked list for each turn
  const heads = new Int32Array(length).fill(-1);
  const nexts = new Int32Array(shares.length).fill(-1);
  const mayComeFrom = (turn: number, group: number) => {
    nexts[group] = heads[turn] as number;
    heads[turn] = group;
  };
  for (const group of groups.keys()) mayComeFrom(0, group);

  const queue = createQueue(deadlines, shares);
  for (let turn = 0; turn < length; turn++) {
    if (turn % TURNS_A_SLICE === TURNS_A_SLICE - 1) yield;
    for (let group = heads[turn] as number; group >= 0; group = nexts[group] as number) queue.add(group);
    const group = queue.take();
    const places = groups[group] as number[];
    const nth = more[group] as number;
    turns[turn] = places[nth] as number;
    const isRound = nth + 1 === places.length;
    more[group] = isRound ? 0 : nth + 1;
    if (isRound) had[group] = (had[group] as number) + 1;
    const share = shares[group] as number;
    const done = had[group] as number;
    if (done === share) continue;
    deadlines[group] = ((done + 1) * length) / share;
    mayComeFrom(Math.max(turn + 1, Math.floor((done * length) / share)), group);
  }
  return turns;
}

/** A slice takes some fifty microseconds. */
const TURNS_A_SLICE = 1024;

/** A binary heap of groups: the soonest deadline comes out first, of equal ones the greater share. No two shares are equal. */
const createQueue = (deadlines: Float64Array, shares: Uint32Array) => {
  const heap = new Uint32Array(deadlines.length);
  let size = 0;
  const isSooner = (one: number, other: number): boolean => {
    const sooner = (deadlines[other] as number) - (deadlines[one] as number);
    if (sooner !== 0) return sooner > 0;
    return (shares[one] as number) > (shares[other] as number);
  };

  return {
    add: (group: number) => {
      let at = size++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        const above = heap[parent] as number;
        if (!isSooner(group, above)) break;
        heap[at] = above;
        at = parent;
      }
      heap[at] = group;
    },
    take: (): number => {
      const soonest = heap[0] as number;
      const moved = heap[--size] as number;
      let at = 0;
      for (let child = 1; child < size; child = 2 * at + 1) {
        if (child + 1 < size && isSooner(heap[child + 1] as number, heap[child] as number)) child++;
        const below = heap[child] as number;
        if (!isSooner(below, moved)) break;
        heap[at] = below;
        at = child;
      }
      heap[at] = moved;
      return soonest;
    },
  };
};
