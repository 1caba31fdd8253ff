import { isIP } from 'node:net';
import type { Names } from './names.ts';
import type { Outlet, Write } from './outlet.ts';

/** So many bytes of lines, and so many lines, wait for names at once. */
const BLOCK = 1_024 * 1_024;
const MOST_LINES = 8_192;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;
/** ` host=` and the longest name. */
const ADDED = 6 + 253;

interface Line {
  readonly from: number;
  /** without its end */
  readonly to: number;
  readonly address: string;
}

/** Adds ` host=NAME` to every line whose visitor's address has a name. Lines wait together while names are looked up. */
export const createNamingOutlet = (
  write: Write,
  { names, longest }: { readonly names: Names; readonly longest: number },
): Outlet => {
  const waiting = Buffer.allocUnsafeSlow(BLOCK + longest);
  const named = Buffer.allocUnsafeSlow(BLOCK + longest + ADDED);
  let end = 0;
  const lines: Line[] = [];

  const flush = async (): Promise<void> => {
    const found = await names.of(
      new Set(lines.map(({ address }) => address).filter((address) => address !== '')),
    );
    let at = 0;
    for (const [index, { from, to, address }] of lines.entries()) {
      const next = lines[index + 1]?.from ?? end;
      const name = found.get(address);
      if (at + (next - from) + ADDED > named.length) {
        await write(named.subarray(0, at));
        at = 0;
      }
      at += waiting.copy(named, at, from, to);
      if (name !== undefined) at += named.write(` host=${name}`, at, 'latin1');
      at += waiting.copy(named, at, to, next);
    }
    if (at > 0) await write(named.subarray(0, at));
    lines.length = 0;
    end = 0;
  };

  return {
    put: (bytes, from, to) => {
      bytes.copy(waiting, end, from, to);
      const start = end;
      end += to - from;
      let last = end;
      if (waiting[last - 1] === NEWLINE) last -= 1;
      if (last > start && waiting[last - 1] === RETURN) last -= 1;
      lines.push({ from: start, to: last, address: addressIn(waiting, start, last) });
      return end < BLOCK && lines.length < MOST_LINES;
    },
    flush,
  };
};

/** The address that a line begins with, or that stands behind the name of the site; empty for none. */
const addressIn = (bytes: Buffer, from: number, to: number): string => {
  let start = from;
  for (let words = 0; words < 2; words += 1) {
    const blank = bytes.indexOf(BLANK, start);
    if (blank === -1 || blank >= to) return '';
    const word = bytes.toString('latin1', start, Math.min(blank, start + LONGEST_ADDRESS));
    if (isIP(word) !== 0) return word;
    start = blank + 1;
  }
  return '';
};

const LONGEST_ADDRESS = 46;
