import type { Slices } from '../model/slices.ts';

/**
 * What is wrong with the keys of a JSON text, in words: one stands twice in one object (a parser silently keeps the
 * last, so its value has fewer keys than the text), or one is written with a backslash, for which no writer has a
 * reason, and which V8 14.6 takes for another key at times (`{"a":{},"x\"":1}` read after `{"a":{},"x\\":1}` gives
 * `x\`). Told in slices.
 *
 * @param text JSON that was parsed without an error
 * @param value what it was parsed to
 */
export function* keyTrouble(text: string, value: unknown): Slices<string | undefined> {
  const keys = yield* plainKeysIn(text);
  if (keys === undefined) return 'a key in it is written with a backslash';
  return keys === (yield* keysInValue(value)) ? undefined : 'a key stands in it twice';
}

/** A slice takes some hundred microseconds. */
const TEXTS_A_SLICE = 2048;

const COLON = ':'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const SPACE = ' '.charCodeAt(0);

/** How many keys stand in the text; `undefined` if one of them has a backslash in it. */
function* plainKeysIn(text: string): Slices<number | undefined> {
  let keys = 0;
  let texts = 0;
  let escape = nextEscape(text, 0);
  let opening = text.indexOf('"');
  while (opening !== -1) {
    texts += 1;
    if (texts % TEXTS_A_SLICE === 0) yield;
    const closing = closingAfter(text, opening);
    let after = closing + 1;
    while (text.charCodeAt(after) <= SPACE) after += 1;
    if (text.charCodeAt(after) === COLON) {
      if (escape < opening) escape = nextEscape(text, opening);
      if (escape < closing) return undefined;
      keys += 1;
    }
    opening = text.indexOf('"', after);
  }
  return keys;
}

/** Where the next backslash is; past the end if there is none. */
const nextEscape = (text: string, from: number): number => {
  const escape = text.indexOf('\\', from);
  return escape === -1 ? text.length : escape;
};

/** The closing quote: the first one that an even number of backslashes stands before. */
const closingAfter = (text: string, opening: number): number => {
  for (let quote = text.indexOf('"', opening + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((quote - before) % 2 === 0) return quote;
  }
  return text.length;
};

/** With a list of its own instead of recursion: how deep a hostile value goes must not matter. */
function* keysInValue(value: unknown): Slices<number> {
  let keys = 0;
  let values = 0;
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    values += 1;
    if (values % TEXTS_A_SLICE === 0) yield;
    if (typeof next !== 'object' || next === null) continue;
    const isList = Array.isArray(next);
    for (const key in next) {
      if (!isList) keys += 1;
      const inside = (next as Readonly<Record<string, unknown>>)[key];
      if (typeof inside === 'object') left.push(inside);
    }
  }
  return keys;
}
