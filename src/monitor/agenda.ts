import type { Clock, Instant } from '../model/clock.ts';

/** Things to do, each at its instant, so many at a time and in a span; one timer for all of them. */
export interface Agenda<Item> {
  /** Has it done at an instant; one that stands there already is moved. Not while it is being done. */
  readonly put: (item: Item, dueAt: Instant) => void;
  readonly drop: (item: Item) => void;
  /** Nothing more is begun. */
  readonly stop: () => void;
}

interface Entry<Item> {
  readonly item: Item;
  readonly dueAt: Instant;
}

export interface AgendaOptions<Item> {
  readonly clock: Clock;
  /** how many may be under way */
  readonly atOnce: () => number;
  /** how many may be begun within a tenth of a second, so that what is long due does not all come at once */
  readonly perTenth: () => number;
  /** Does it; may not reject. */
  readonly run: (item: Item) => Promise<void>;
}

const TENTH_MS = 100;

/** An empty agenda. Costs a step of the logarithm of its length for each thing done, and nothing while it waits. */
export const createAgenda = <Item>({ clock, atOnce, perTenth, run }: AgendaOptions<Item>): Agenda<Item> => {
  /** A heap: each entry is due no later than its two children, those at 2i+1 and 2i+2. */
  const heap: Entry<Item>[] = [];
  /** An entry of the heap that is not here any more was moved or dropped. */
  const current = new Map<Item, Entry<Item>>();
  let underWay = 0;
  let tenthAt: Instant = -Infinity;
  let begunInTenth = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const next = (): Entry<Item> | undefined => {
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      if (current.get(first.item) === first) return first;
      removeFirst(heap);
    }
    return undefined;
  };

  /** When the next may be begun. */
  const freeAt = (now: Instant): Instant => {
    if (now - tenthAt >= TENTH_MS) {
      tenthAt = now;
      begunInTenth = 0;
    }
    return begunInTenth < perTenth() ? now : tenthAt + TENTH_MS;
  };

  const pump = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (isStopped) return;
    const now = clock.now();
    for (let entry = next(); entry !== undefined; entry = next()) {
      if (underWay >= atOnce()) return;
      const beginAt = Math.max(entry.dueAt, freeAt(now));
      if (beginAt > now) {
        timer = setTimeout(pump, Math.max(1, Math.ceil(beginAt - now)));
        return;
      }
      begunInTenth += 1;
      removeFirst(heap);
      current.delete(entry.item);
      underWay += 1;
      void run(entry.item).finally(() => {
        underWay -= 1;
        pump();
      });
    }
  };

  /** What is put in one go is begun in one go, in the order in which it is due. */
  let isPumping = false;
  const pumpSoon = (): void => {
    if (isPumping) return;
    isPumping = true;
    queueMicrotask(() => {
      isPumping = false;
      pump();
    });
  };

  return {
    put: (item, dueAt) => {
      const entry = { item, dueAt };
      current.set(item, entry);
      insert(heap, entry);
      if (heap[0] === entry) pumpSoon();
    },
    drop: (item) => {
      current.delete(item);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
};

const insert = <Item>(heap: Entry<Item>[], entry: Entry<Item>): void => {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || parent.dueAt <= entry.dueAt) break;
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = entry;
};

const removeFirst = <Item>(heap: Entry<Item>[]): void => {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const leftAt = 2 * at + 1;
    const left = heap[leftAt];
    if (left === undefined) break;
    const right = heap[leftAt + 1];
    const isRight = right !== undefined && right.dueAt < left.dueAt;
    const child = isRight ? right : left;
    if (child.dueAt >= last.dueAt) break;
    heap[at] = child;
    at = isRight ? leftAt + 1 : leftAt;
  }
  heap[at] = last;
};
