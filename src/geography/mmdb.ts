import type { Network } from '../model/network.ts';
import type { Place } from '../model/place.ts';

/** Where networks are, as a file of the MaxMind DB format tells. */
export interface Mmdb {
  /** `undefined`: the file does not tell */
  readonly placeOf: (network: Network) => Place | undefined;
  /** what its maker calls it, such as `GeoLite2-City` */
  readonly type: string;
}

// https://maxmind.github.io/MaxMind-DB/: a binary tree of network bits, 16 zero bytes, the data, a mark, the metadata.
// Only the two numbers that are wanted are read: records name each city in eight languages.
const MARK = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
/** The metadata lie in the last so many bytes. */
const MOST_METADATA = 128 * 1024;
const GAP = 16;
/** Values that one look may pass over; a record of a city holds some hundred. A file that wants more is none of theirs. */
const MOST_STEPS = 4000;
const LONGEST_NAME = 200;
/** The keys that makers of such files use. */
const PLACES = [
  [
    ['location', 'latitude'],
    ['location', 'longitude'],
  ],
  [['latitude'], ['longitude']],
  [['lat'], ['lng']],
] as const;
/** Records read to see whether the file knows any place: of networks all over, then the first ones of its tree, … */
const SAMPLES = 400;
/** … for which so many of its nodes are passed at most. */
const MOST_NODES = 100_000;
const V4 = 2 ** 48;

const POINTER = 1;
const TEXT = 2;
const DOUBLE = 3;
const MAP = 7;
const ARRAY = 11;
const FLAG = 14;
const FLOAT = 15;
const UNSIGNED: ReadonlySet<number> = new Set([5, 6, 9]);
/** What a pointer of each length counts from. */
const POINTERS_FROM = [0, 2048, 526_336, 0] as const;
/** What a size of 29, 30 or 31 counts from: it goes on in one, two or three bytes. */
const SIZES_FROM = [29, 285, 65_821] as const;

/** A value in the file: what it is, how large, where it begins, and where whatever stands behind it does. */
interface Value {
  readonly kind: number;
  readonly size: number;
  readonly at: number;
  readonly next: number;
}

/**
 * Opens the bytes of such a file.
 *
 * @returns why it is refused, in words, where it is none, is cut, or tells no places
 */
export const openMmdb = (bytes: Buffer): Mmdb | string => {
  const mark = bytes.lastIndexOf(MARK);
  if (mark < 0 || mark < bytes.length - MOST_METADATA) return 'it is no MaxMind DB, or only a part of one';
  try {
    const about = mark + MARK.length;
    const metadata = reader(bytes, { from: about, to: bytes.length });
    const number = (name: string): number => metadata.number(metadata.find(about, [name])) ?? NaN;
    const nodes = number('node_count');
    const bits = number('record_size');
    const version = number('ip_version');
    const type = metadata.text(metadata.find(about, ['database_type'])) ?? '';
    if (![24, 28, 32].includes(bits) || ![4, 6].includes(version) || !(nodes > 0)) {
      return 'its metadata do not fit the format';
    }
    const tree = (nodes * bits) / 4;
    if (tree + GAP > mark) return 'it is cut: its tree is longer than the file';
    const data = reader(bytes, { from: tree + GAP, to: mark });
    const { recordOf, firstRecords } = openTree(bytes, { nodes, bits, version });
    const placeIn = (record: number): Place | undefined => placeAt(data, tree + GAP + record);
    const placeOf = (network: Network): Place | undefined => {
      const record = recordOf(network);
      return record < 0 ? undefined : placeIn(record);
    };
    const knowsSome = isKnownSomewhere(placeOf) || firstRecords().some((record) => placeIn(record));
    if (!knowsSome) return `it tells no places (${printable(type)}): a City database does`;
    return { placeOf: (network) => orNone(() => placeOf(network)), type: printable(type) };
  } catch {
    return 'it is damaged';
  }
};

/** One record that is damaged costs its own networks their place, and nobody else. */
const orNone = (look: () => Place | undefined): Place | undefined => {
  try {
    return look();
  } catch {
    return undefined;
  }
};

/** Spread over all IPv4 and the IPv6 networks that are given out (2000::/3). */
const isKnownSomewhere = (placeOf: Mmdb['placeOf']): boolean => {
  for (let n = 0; n < SAMPLES; n += 1) {
    const part = (n * 0.618_034) % 1;
    if (placeOf(V4 + Math.floor(part * 2 ** 24)) !== undefined) return true;
    if (placeOf((0x2000 + Math.floor(part * 0x1000)) * 2 ** 32) !== undefined) return true;
  }
  return false;
};

const placeAt = (data: Reader, record: number): Place | undefined => {
  for (const [north, east] of PLACES) {
    const latitude = data.number(data.find(record, north));
    const longitude = data.number(data.find(record, east));
    if (latitude === undefined || longitude === undefined) continue;
    const isThere = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    return isThere ? [latitude, longitude] : undefined;
  }
  return undefined;
};

interface Reader {
  /** The value under these keys, one map within the other. */
  readonly find: (at: number, keys: readonly string[]) => Value | undefined;
  readonly number: (value: Value | undefined) => number | undefined;
  readonly text: (value: Value | undefined) => string | undefined;
}

/** Reads one part of the file, and nothing outside of it. */
const reader = (bytes: Buffer, { from, to }: { readonly from: number; readonly to: number }): Reader => {
  const byte = (at: number): number => {
    if (!(at >= from && at < to)) throw new RangeError('outside');
    return bytes[at] ?? 0;
  };
  const unsigned = (at: number, size: number): number => {
    let number = 0;
    for (let n = 0; n < size; n += 1) number = number * 256 + byte(at + n);
    return number;
  };

  const plain = (at: number): Value => {
    const control = byte(at);
    const isExtended = control >>> 5 === 0;
    const kind = isExtended ? byte(at + 1) + 7 : control >>> 5;
    const begins = at + (isExtended ? 2 : 1);
    const short = control & 31;
    const more = Math.max(0, short - 28);
    const size = more === 0 ? short : (SIZES_FROM[more - 1] ?? 0) + unsigned(begins, more);
    return { kind, size, at: begins + more, next: begins + more + bytesOf(kind, size) };
  };

  /** The value at a place, or the one that a pointer there points to; a pointer to a pointer is none. */
  const valueAt = (at: number): Value => {
    const control = byte(at);
    if (control >>> 5 !== POINTER) return plain(at);
    const length = (control >>> 3) & 3;
    const top = length === 3 ? 0 : (control & 7) * 256 ** (length + 1);
    const target = from + (POINTERS_FROM[length] ?? 0) + top + unsigned(at + 1, length + 1);
    const value = plain(target);
    if (value.kind === POINTER) throw new RangeError('a pointer to a pointer');
    return { ...value, next: at + length + 2 };
  };

  const text = (value: Value | undefined): string | undefined => {
    if (value?.kind !== TEXT || value.size > LONGEST_NAME || value.at + value.size > to) return undefined;
    return bytes.toString('latin1', value.at, value.at + value.size);
  };

  /** Where the value that begins here ends, with all that is in it. */
  const skip = (at: number, spend: () => void): number => {
    let here = at;
    for (let left = 1; left > 0; left -= 1) {
      spend();
      const isPointer = byte(here) >>> 5 === POINTER;
      const { kind, size, next } = isPointer ? { ...valueAt(here), kind: POINTER } : plain(here);
      if (kind === MAP) left += 2 * size;
      if (kind === ARRAY) left += size;
      here = next;
    }
    return here;
  };

  const find = (at: number, keys: readonly string[]): Value | undefined => {
    let steps = 0;
    const spend = (): void => {
      steps += 1;
      if (steps > MOST_STEPS) throw new RangeError('too much to pass over');
    };
    let here: Value | undefined = valueAt(at);
    for (const key of keys) {
      if (here?.kind !== MAP) return undefined;
      let [inner, left]: [number, number] = [here.at, here.size];
      here = undefined;
      for (; left > 0 && here === undefined; left -= 1) {
        spend();
        const name = valueAt(inner);
        if (text(name) === key) here = valueAt(name.next);
        else inner = skip(name.next, spend);
      }
    }
    return here;
  };

  return {
    find,
    text,
    number: (value) => {
      if (value === undefined) return undefined;
      const { kind, size, at } = value;
      if (at + size > to) return undefined;
      if (UNSIGNED.has(kind) && size <= 6) return unsigned(at, size);
      if (kind === DOUBLE && size === 8) return finite(bytes.readDoubleBE(at));
      if (kind === FLOAT && size === 4) return finite(bytes.readFloatBE(at));
      const words = text(value)?.trim() ?? '';
      return words === '' ? undefined : finite(Number(words));
    },
  };
};

const finite = (number: number): number | undefined => (Number.isFinite(number) ? number : undefined);

/** Maps and arrays have their size in values, not in bytes; a flag is all size. */
const bytesOf = (kind: number, size: number): number =>
  kind === MAP || kind === ARRAY || kind === FLAG ? 0 : size;

interface Tree {
  readonly nodes: number;
  /** of a record, of which a node has two */
  readonly bits: number;
  /** of the addresses: 4 or 6 */
  readonly version: number;
}

/** Finds records: where each begins in the data. */
interface Records {
  /** below 0: there is none */
  readonly recordOf: (network: Network) => number;
  /** Those that the tree leads to first, each once; a file may hold one small country, wherever that is. */
  readonly firstRecords: () => readonly number[];
}

const openTree = (bytes: Buffer, { nodes, bits, version }: Tree): Records => {
  const width = bits / 4;
  const follow = (node: number, bit: number): number => {
    const at = node * width;
    if (bits === 24) return bytes.readUIntBE(at + bit * 3, 3);
    if (bits === 32) return bytes.readUInt32BE(at + bit * 4);
    const middle = bytes[at + 3] ?? 0;
    return bit === 0
      ? (middle >>> 4) * 2 ** 24 + bytes.readUIntBE(at, 3)
      : (middle & 15) * 2 ** 24 + bytes.readUIntBE(at + 4, 3);
  };
  /** IPv4 addresses stand behind 96 zeros in a tree of IPv6 */
  let first = 0;
  for (let n = 0; n < 96 && version === 6 && first < nodes; n += 1) first = follow(first, 0);
  const recordOf = (network: Network): number => {
    const isV4 = network >= V4;
    if (network < 0 || (!isV4 && version === 4)) return -1;
    const known = isV4 ? 24 : 48;
    const all = isV4 ? 32 : 128;
    let node = isV4 ? first : 0;
    let rest = isV4 ? network - V4 : network;
    for (let depth = 0; depth < all && node < nodes; depth += 1) {
      const one = depth < known ? 2 ** (known - 1 - depth) : Infinity;
      const bit = rest >= one ? 1 : 0;
      if (bit === 1) rest -= one;
      node = follow(node, bit);
    }
    return node > nodes ? node - nodes - GAP : -1;
  };
  const firstRecords = (): readonly number[] => {
    const records = new Set<number>();
    const waiting = [0];
    for (let passed = 0; passed < MOST_NODES && records.size < SAMPLES; passed += 1) {
      const node = waiting.pop();
      if (node === undefined) break;
      for (const bit of [1, 0]) {
        const next = follow(node, bit);
        if (next < nodes) waiting.push(next);
        else if (next > nodes) records.add(next - nodes - GAP);
      }
    }
    return [...records];
  };
  return { recordOf, firstRecords };
};

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
