/** Seats that there are at first: a power of two. */
const SMALLEST = 4;

/**
 * Finds the first of many in time; of one time, that of the lower rank. A tree of winners in plain numbers: one more time
 * for a seat costs one comparison a level, and looks into none of the things that sit there.
 */
export class Tournament {
  #size = SMALLEST;
  #times = new Float64Array(SMALLEST).fill(Infinity);
  #ranks = new Int32Array(SMALLEST);
  /** who won at each node: 1 is the final, the two of `at` are 2 × at and the next */
  #winners = new Int32Array(SMALLEST);
  readonly #free: number[] = [];
  #taken = 0;

  constructor() {
    this.#playAll();
  }

  /** Takes a seat; it has no time yet. */
  enter(rank: number): number {
    const seat = this.#free.pop() ?? this.#taken++;
    if (seat === this.#size) this.#grow();
    this.#ranks[seat] = rank;
    return seat;
  }

  /** Leaves a seat to others. */
  leave(seat: number): void {
    this.set(seat, Infinity);
    this.#free.push(seat);
  }

  /** Gives a seat its time; Infinity is none. */
  set(seat: number, timeAt: number): void {
    this.#times[seat] = timeAt;
    const rival = seat ^ 1;
    let winner = this.#isBefore(rival, seat) ? rival : seat;
    let above = (this.#size + seat) >> 1;
    this.#winners[above] = winner;
    while (above > 1) {
      const other = this.#winners[above ^ 1] ?? 0;
      if (this.#isBefore(other, winner)) winner = other;
      above >>= 1;
      this.#winners[above] = winner;
    }
  }

  /** The seat that is first; look at its time whether there is one. */
  first(): number {
    return this.#winners[1] ?? 0;
  }

  /** Its time; Infinity where nobody has one. */
  firstAt(): number {
    return this.#times[this.first()] ?? Infinity;
  }

  #isBefore(one: number, other: number): boolean {
    const oneAt = this.#times[one] ?? Infinity;
    const otherAt = this.#times[other] ?? Infinity;
    return oneAt < otherAt || (oneAt === otherAt && (this.#ranks[one] ?? 0) < (this.#ranks[other] ?? 0));
  }

  #grow(): void {
    const size = 2 * this.#size;
    const [times, ranks] = [new Float64Array(size).fill(Infinity), new Int32Array(size)];
    times.set(this.#times);
    ranks.set(this.#ranks);
    this.#size = size;
    this.#times = times;
    this.#ranks = ranks;
    this.#winners = new Int32Array(size);
    this.#playAll();
  }

  /** From the first seat to the last: each node is right after the last one below it. */
  #playAll(): void {
    for (let seat = 0; seat < this.#size; seat += 2) this.set(seat, this.#times[seat] ?? Infinity);
  }
}
