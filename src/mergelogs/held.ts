import { createHeap } from './heap.ts';

/** A line that stands in its file after a later one. */
interface Stray {
  readonly timeAt: number;
  readonly place: number;
  readonly length: number;
  text: string | undefined;
}

/** Lines that there is room for at first: a power of two. */
const SMALLEST = 256;

const isBefore = (one: Stray, other: Stray): boolean =>
  one.timeAt < other.timeAt || (one.timeAt === other.timeAt && one.place < other.place);

/**
 * Lines of one file that are held back until their order is known: told by numbers, while their bytes lie in the buffer
 * they were read into. Those in order, nearly all, stand in a ring for which nothing is made; strays in a heap.
 */
export class Held {
  /** how many there are */
  lines = 0;
  /** their bytes, together */
  bytes = 0;

  /** the first line: when it was; Infinity where there is none */
  timeAt = Infinity;
  /** where it begins in its file: breaks ties */
  place = 0;
  length = 0;
  /** its bytes, one character each, if they are not in the buffer any more */
  text: string | undefined = undefined;

  #places = new Float64Array(SMALLEST);
  #lengths = new Int32Array(SMALLEST);
  #times = new Float64Array(SMALLEST);
  #mask = SMALLEST - 1;
  #first = 0;
  #inOrder = 0;
  #lastAt = -Infinity;
  readonly #strays = createHeap(isBefore);
  #isStray = false;

  /** Forgets all of them. */
  clear(): void {
    this.lines = 0;
    this.bytes = 0;
    this.timeAt = Infinity;
    this.place = 0;
    this.length = 0;
    this.text = undefined;
    this.#inOrder = 0;
    this.#lastAt = -Infinity;
    this.#isStray = false;
    while (this.#strays.size() > 0) this.#strays.shift();
  }

  /** Holds one more; `setFirst` is due after it. */
  add(timeAt: number, place: number, length: number): void {
    this.lines += 1;
    this.bytes += length;
    if (this.#inOrder > 0 && timeAt < this.#lastAt) {
      this.#strays.push({ timeAt, place, length, text: undefined });
      return;
    }
    if (this.#inOrder > this.#mask) this.#grow();
    const at = (this.#first + this.#inOrder) & this.#mask;
    this.#times[at] = timeAt;
    this.#places[at] = place;
    this.#lengths[at] = length;
    this.#inOrder += 1;
    this.#lastAt = timeAt;
  }

  /** Lets the first line go; `setFirst` is due after it. */
  shift(): void {
    this.lines -= 1;
    this.bytes -= this.length;
    if (this.#isStray) this.#strays.shift();
    else this.#shiftInOrder();
  }

  /** Finds the first line. */
  setFirst(): void {
    const at = this.#first;
    const stray = this.#strays.first();
    const timeAt = this.#inOrder > 0 ? (this.#times[at] ?? 0) : Infinity;
    const place = this.#inOrder > 0 ? (this.#places[at] ?? 0) : Infinity;
    this.#isStray =
      stray !== undefined && (stray.timeAt < timeAt || (stray.timeAt === timeAt && stray.place < place));
    if (stray !== undefined && this.#isStray) {
      this.timeAt = stray.timeAt;
      this.place = stray.place;
      this.length = stray.length;
      this.text = stray.text;
      return;
    }
    this.timeAt = timeAt;
    this.place = place;
    this.length = this.#lengths[at] ?? 0;
    this.text = undefined;
  }

  /** Where in the file the first byte stands that is still needed in the buffer; Infinity where none is. */
  lowest(): number {
    let lowest = this.#inOrder > 0 ? (this.#places[this.#first] ?? 0) : Infinity;
    for (const { place, text } of this.#strays.all()) {
      if (text === undefined && place < lowest) lowest = place;
    }
    return lowest;
  }

  /** Gives all lines bytes of their own, so that the buffer is needed for none. */
  setAside(textAt: (place: number, length: number) => string): void {
    for (const stray of this.#strays.all()) stray.text ??= textAt(stray.place, stray.length);
    while (this.#inOrder > 0) {
      const at = this.#first;
      const place = this.#places[at] ?? 0;
      const length = this.#lengths[at] ?? 0;
      this.#strays.push({ timeAt: this.#times[at] ?? 0, place, length, text: textAt(place, length) });
      this.#shiftInOrder();
    }
  }

  #grow(): void {
    const ring = 2 * (this.#mask + 1);
    const [times, places, lengths] = [new Float64Array(ring), new Float64Array(ring), new Int32Array(ring)];
    for (let index = 0; index < this.#inOrder; index += 1) {
      const at = (this.#first + index) & this.#mask;
      times[index] = this.#times[at] ?? 0;
      places[index] = this.#places[at] ?? 0;
      lengths[index] = this.#lengths[at] ?? 0;
    }
    this.#times = times;
    this.#places = places;
    this.#lengths = lengths;
    this.#first = 0;
    this.#mask = ring - 1;
  }

  #shiftInOrder(): void {
    this.#first = (this.#first + 1) & this.#mask;
    this.#inOrder -= 1;
  }
}
