/** A visitor in a log. */
export interface Visitor {
  /** the row of the secondary that he is bound to */
  slot: number;
  /** his last request, milliseconds since 1970 */
  lastAt: number;
  isHere: boolean;
}

/** Knows which visitors are there: those whose last request is not long ago. */
export interface Presence {
  /** A request of that visitor; says whether a session began with it. */
  readonly ask: (visitor: Visitor, at: number) => boolean;
  /** visitors of the slot who are there */
  readonly of: (slot: number, now: number) => number;
}

interface Stay {
  readonly visitor: Visitor;
  readonly at: number;
}

/** How many places at the front may be empty. */
const SLACK = 4096;

/** Visitors are there until so long after their last request. */
export const createPresence = (slots: number, stayMs: number): Presence => {
  const here = new Int32Array(slots);
  const stays: Stay[] = [];
  let head = 0;

  const pass = (now: number): void => {
    for (let stay = stays[head]; stay !== undefined && stay.at + stayMs <= now; stay = stays[head]) {
      head += 1;
      const { visitor, at } = stay;
      if (!visitor.isHere || visitor.lastAt !== at) continue;
      visitor.isHere = false;
      here[visitor.slot] = (here[visitor.slot] ?? 0) - 1;
    }
    if (head < SLACK || head * 2 < stays.length) return;
    stays.splice(0, head);
    head = 0;
  };

  return {
    ask: (visitor, at) => {
      pass(at);
      const begins = !visitor.isHere;
      if (begins) {
        visitor.isHere = true;
        here[visitor.slot] = (here[visitor.slot] ?? 0) + 1;
      }
      visitor.lastAt = at;
      stays.push({ visitor, at });
      return begins;
    },
    of: (slot, now) => {
      pass(now);
      return here[slot] ?? 0;
    },
  };
};
