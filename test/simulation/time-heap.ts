/** Numbers kept by time, the earliest first. */
export interface TimeHeap {
  readonly size: () => number;
  /** the earliest time; Infinity when empty */
  readonly next: () => number;
  readonly push: (time: number, item: number) => void;
  /** Takes the item of the earliest time. */
  readonly pop: () => number;
  readonly clear: () => void;
}

/** A binary heap in two flat arrays that grow by doubling. */
export const createTimeHeap = (capacity = 64): TimeHeap => {
  let times = new Float64Array(capacity);
  let items = new Int32Array(capacity);
  let size = 0;

  const grow = (): void => {
    const longer = new Float64Array(times.length * 2);
    longer.set(times);
    times = longer;
    const more = new Int32Array(items.length * 2);
    more.set(items);
    items = more;
  };

  return {
    size: () => size,
    next: () => (size === 0 ? Infinity : times[0]!),
    push: (time, item) => {
      if (size === times.length) grow();
      let at = size;
      size += 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (times[parent]! <= time) break;
        times[at] = times[parent]!;
        items[at] = items[parent]!;
        at = parent;
      }
      times[at] = time;
      items[at] = item;
    },
    pop: () => {
      const first = items[0]!;
      size -= 1;
      const time = times[size]!;
      const item = items[size]!;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= size) break;
        if (child + 1 < size && times[child + 1]! < times[child]!) child += 1;
        if (times[child]! >= time) break;
        times[at] = times[child]!;
        items[at] = items[child]!;
        at = child;
      }
      times[at] = time;
      items[at] = item;
      return first;
    },
    clear: () => {
      size = 0;
    },
  };
};
