import type { FileCount } from './counts.ts';
import type { Held } from './held.ts';
import { createTimeReader } from './log-time.ts';
import { reasonOf } from './reason.ts';
import type { Room, Rooms } from './rooms.ts';
import type { Reader } from './source.ts';

/** How much of a file is looked at before its first line is let go. */
export interface LaneSize {
  /** bytes of the file that are in memory, more only while a line is that long */
  readonly bytes: number;
  /** lines among which disorder is put right, as long as they have no more than `window` bytes */
  readonly lines: number;
  /** at most half of the bytes */
  readonly window: number;
  /** the longest line that is taken for one, its end included */
  readonly longest: number;
}

interface LaneOptions {
  /** where its memory is from, and goes back to */
  readonly rooms: Rooms;
  /** where it counts what it finds */
  readonly count: FileCount;
  /** lines without a time stay behind the line before them; else they are left out */
  readonly keepsUnread: boolean;
}

const NEWLINE = 0x0a;
const NOTHING: Buffer = Buffer.alloc(0);
/** More is not read at once: it is gone from the processor's cache before it is looked at. */
const MOST_READ = 256 * 1_024;

/**
 * One file on its way into the merge: gives its lines in the order of their times. A web server writes a line when an
 * answer ends but with the time when it began, so the order of a file is only nearly that of time.
 *
 * Use: `await fill()`, then while `timeAt` is not Infinity, take the bytes of `line` from `from` to `to` and call
 * `next()`; when that says false, `await fill()` again. What `line` holds is gone after that.
 */
export class Lane {
  /** when the line at the head was; Infinity when there is none any more */
  timeAt = -Infinity;
  line: Buffer;
  from = 0;
  to = 0;

  readonly #reader: Reader;
  readonly #size: LaneSize;
  readonly #count: FileCount;
  readonly #keepsUnread: boolean;
  readonly #readTime = createTimeReader();
  readonly #held: Held;
  readonly #rooms: Rooms;
  readonly #room: Room;

  /** what was read; its first byte is number `#base` of the file */
  #bytes: Buffer;
  #base = 0;
  /** up to here lines were taken */
  #parsed = 0;
  /** up to here there are bytes */
  #read = 0;
  #isEnded = false;
  #isSkipping = false;

  /** the line at the head, where the buffer does not hold it */
  #aside = NOTHING;
  /** when the last line let go was: what comes now and is older comes too late */
  #floorAt = -Infinity;
  #predecessorAt = -Infinity;

  constructor(reader: Reader, size: LaneSize, { count, keepsUnread, rooms }: LaneOptions) {
    this.#reader = reader;
    this.#size = size;
    this.#count = count;
    this.#keepsUnread = keepsUnread;
    this.#rooms = rooms;
    this.#room = rooms.take();
    this.#held = this.#room.held;
    this.#bytes = this.#room.bytes;
    this.line = this.#bytes;
  }

  /** Reads until disorder can be put right, and sets the head. */
  async fill(): Promise<void> {
    while (this.#isWanting()) {
      if (!this.#isEnded) await this.#refill();
      this.#parse();
    }
    this.#setHead();
  }

  /** Lets the head go and sets the next one; false when more has to be read first. */
  next(): boolean {
    this.#floorAt = this.timeAt;
    this.#held.shift();
    if (this.#isWanting()) {
      this.#parse();
      if (this.#isWanting()) return false;
    }
    this.#setHead();
    return true;
  }

  /** Nothing of it may be used after that. */
  async close(): Promise<void> {
    this.#rooms.giveBack(this.#room);
    await this.#reader.close();
  }

  /** Too little is held to see disorder, and there is more. */
  #isWanting(): boolean {
    const { lines, bytes } = this.#held;
    const isOver = this.#isEnded && this.#parsed === this.#read;
    return lines < this.#size.lines && bytes < this.#size.window && !isOver;
  }

  #setHead(): void {
    const held = this.#held;
    held.setFirst();
    this.timeAt = held.timeAt;
    if (held.text === undefined) {
      this.line = this.#bytes;
      this.from = held.place - this.#base;
    } else {
      if (this.#aside.length < held.length) this.#aside = Buffer.allocUnsafeSlow(held.length);
      this.#aside.write(held.text, 'latin1');
      this.line = this.#aside;
      this.from = 0;
    }
    this.to = this.from + held.length;
  }

  /** Takes lines from what was read until twice as many are held as must be. */
  #parse(): void {
    const most = 2 * this.#size.lines;
    while (this.#parsed < this.#read && this.#held.lines < most) {
      const end = this.#bytes.indexOf(NEWLINE, this.#parsed) + 1;
      if (end === 0 || end > this.#read) return;
      this.#take(this.#parsed, end);
      this.#parsed = end;
    }
  }

  #take(from: number, to: number): void {
    this.#count.lines += 1;
    if (this.#isSkipping || to - from > this.#size.longest) {
      this.#isSkipping = false;
      this.#count.tooLong += 1;
      this.#count.firstTooLong ??= this.#count.lines;
      return;
    }
    let timeAt = this.#readTime(this.#bytes, from, to);
    if (Number.isNaN(timeAt)) {
      this.#countUnread();
      if (!this.#keepsUnread) return;
      timeAt = this.#predecessorAt;
    } else if (timeAt < this.#floorAt) {
      this.#count.late += 1;
      timeAt = this.#floorAt;
    }
    this.#predecessorAt = timeAt;
    this.#held.add(timeAt, this.#base + from, to - from);
  }

  #countUnread(): void {
    this.#count.unread += 1;
    this.#count.firstUnread ??= this.#count.lines;
  }

  async #refill(): Promise<void> {
    if (this.#read > this.#bytes.length / 4) this.#makeRoom();
    try {
      const bytes = await this.#reader.read(this.#bytes, this.#read, Math.min(this.#free(), MOST_READ));
      this.#read += bytes;
      if (bytes === 0) this.#end();
    } catch (error) {
      this.#count.error = reasonOf(error);
      this.#cutOff();
    }
  }

  /** One byte is left for the newline that the last line may lack. */
  #free(): number {
    return this.#bytes.length - 1 - this.#read;
  }

  /**
   * Moves what is still needed to the front of the buffer; at least a quarter of it is free then. Only for long lines it
   * has to be a larger one, and as soon as they are gone it is the old one again.
   */
  #makeRoom(): void {
    if (this.#read - this.#parsed >= this.#size.longest) {
      // what goes on up to the next newline is no line
      this.#isSkipping = true;
      this.#parsed = this.#read;
    }
    // A line from far in the future stays in the buffer while all others pass by.
    if (this.#parsed - this.#needed() > this.#size.window + this.#size.bytes / 8) {
      this.#held.setAside((place, length) =>
        this.#bytes.toString('latin1', place - this.#base, place - this.#base + length),
      );
    }
    const from = this.#needed();
    const bytes = this.#bytesFor(this.#read - from);
    if (from === 0 && bytes === this.#bytes) return;
    if (bytes === this.#bytes) bytes.copyWithin(0, from, this.#read);
    else this.#bytes.copy(bytes, 0, from, this.#read);
    this.#bytes = bytes;
    this.#base += from;
    this.#parsed -= from;
    this.#read -= from;
  }

  /** A buffer that so many bytes leave a quarter of: that of the room, where they do. */
  #bytesFor(needed: number): Buffer {
    const leavesRoom = (length: number): boolean => needed <= (3 / 4) * length;
    if (leavesRoom(this.#room.bytes.length)) return this.#room.bytes;
    return leavesRoom(this.#bytes.length)
      ? this.#bytes
      : Buffer.allocUnsafeSlow(2 * Math.max(needed, this.#bytes.length));
  }

  /** Where what is needed begins in the buffer. */
  #needed(): number {
    return Math.min(this.#parsed, this.#held.lowest() - this.#base);
  }

  #end(): void {
    this.#isEnded = true;
    if (this.#read === this.#parsed && !this.#isSkipping) return;
    this.#bytes[this.#read] = NEWLINE;
    this.#read += 1;
  }

  /** After an error: a line that is not there to its end is none. */
  #cutOff(): void {
    if (this.#keepsUnread || (this.#read === this.#parsed && !this.#isSkipping)) {
      this.#end();
      return;
    }
    this.#isEnded = true;
    this.#isSkipping = false;
    this.#parsed = this.#read;
    this.#count.lines += 1;
    this.#countUnread();
  }
}
