/** Things of which the first is wanted. */
export interface Heap<Thing> {
  readonly size: () => number;
  readonly first: () => Thing | undefined;
  /** all of them, in no order */
  readonly all: () => readonly Thing[];
  readonly push: (thing: Thing) => void;
  readonly shift: () => Thing | undefined;
}

/** A binary heap. */
export const createHeap = <Thing>(isBefore: (one: Thing, other: Thing) => boolean): Heap<Thing> => {
  const things: Thing[] = [];

  const rise = (thing: Thing): void => {
    let at = things.length - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = things[above];
      if (parent === undefined || !isBefore(thing, parent)) break;
      things[at] = parent;
      at = above;
    }
    things[at] = thing;
  };

  const sink = (thing: Thing): void => {
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const left = things[below];
      if (left === undefined) break;
      const right = things[below + 1];
      let child = left;
      if (right !== undefined && isBefore(right, left)) {
        child = right;
        below += 1;
      }
      if (!isBefore(child, thing)) break;
      things[at] = child;
      at = below;
    }
    things[at] = thing;
  };

  return {
    size: () => things.length,
    // beyond its end a list is slow to be asked
    first: () => (things.length === 0 ? undefined : things[0]),
    all: () => things,
    push: (thing) => {
      things.push(thing);
      rise(thing);
    },
    shift: () => {
      const first = things[0];
      const last = things.pop();
      if (last !== undefined && things.length > 0) sink(last);
      return first;
    },
  };
};
