import { wholeWeights } from './whole-weights.ts';

/**
 * One round of turns as places in the list, in which each weight has its number of turns, spread evenly: after any
 * number of turns everybody has had his share to within less than one turn. Equal weights take turns in list order.
 *
 * The k-th of w turns in a round of W may come from floor((k − 1)·W/w) on and has to come before ⌈k·W/w⌉; of those that
 * may, the one that has to come soonest is next, of equal ones the heavier, then the earlier in the list. Such an order
 * always exists and this rule finds it (S. Baruah et al., "Proportionate progress: a notion of fairness in resource
 * allocation", Algorithmica 15, 1996). The smooth weighted round robin of nginx aims at the same, but takes n steps for
 * each turn; this takes log n.
 */
export const turnsOf = (weights: readonly number[]): Uint32Array => {
  const shares = wholeWeights(weights);
  const length = shares.reduce((sum, share) => sum + share, 0);
  const turns = new Uint32Array(length);
  const had = new Uint32Array(shares.length);
  const deadlines = Float64Array.from(shares, (share) => length / share);

  // who may come from which turn on: a linked list for each turn
  const heads = new Int32Array(length).fill(-1);
  const nexts = new Int32Array(shares.length).fill(-1);
  const mayComeFrom = (turn: number, place: number) => {
    nexts[place] = heads[turn] as number;
    heads[turn] = place;
  };
  shares.forEach((_, place) => {
    mayComeFrom(0, place);
  });

  const queue = createQueue(deadlines, shares);
  for (let turn = 0; turn < length; turn++) {
    for (let place = heads[turn] as number; place >= 0; place = nexts[place] as number) queue.add(place);
    const place = queue.take();
    turns[turn] = place;
    const share = shares[place] as number;
    const done = (had[place] as number) + 1;
    had[place] = done;
    if (done === share) continue;
    deadlines[place] = ((done + 1) * length) / share;
    mayComeFrom(Math.max(turn + 1, Math.floor((done * length) / share)), place);
  }
  return turns;
};

/** A binary heap of places: the soonest deadline comes out first, of equal ones the greater share, then the earlier place. */
const createQueue = (deadlines: Float64Array, shares: Uint32Array) => {
  const heap = new Uint32Array(deadlines.length);
  let size = 0;
  const isSooner = (one: number, other: number): boolean => {
    const sooner = (deadlines[other] as number) - (deadlines[one] as number);
    if (sooner !== 0) return sooner > 0;
    const heavier = (shares[one] as number) - (shares[other] as number);
    return heavier === 0 ? one < other : heavier > 0;
  };

  return {
    add: (place: number) => {
      let at = size++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        const above = heap[parent] as number;
        if (!isSooner(place, above)) break;
        heap[at] = above;
        at = parent;
      }
      heap[at] = place;
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
