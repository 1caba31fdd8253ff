/**
 * What is wrong with the keys of a JSON text, in words: one stands twice in one object (a parser silently keeps the
 * last, so its value has fewer keys than the text), or one is written with a backslash, for which no writer has a
 * reason, and which V8 14.6 takes for another key at times (`{"a":{},"x\"":1}` read after `{"a":{},"x\\":1}` gives
 * `x\`).
 *
 * @param text JSON that was parsed without an error
 * @param value what it was parsed to
 */
export const keyTrouble = (text: string, value: unknown): string | undefined => {
  const keys = plainKeysIn(text);
  if (keys === undefined) return 'a key in it is written with a backslash';
  return keys === keysInValue(value) ? undefined : 'a key stands in it twice';
};

const COLON = ':'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const SPACE = ' '.charCodeAt(0);

/** How many keys stand in the text; `undefined` if one of them has a backslash in it. */
const plainKeysIn = (text: string): number | undefined => {
  let keys = 0;
  let escape = nextEscape(text, 0);
  let opening = text.indexOf('"');
  while (opening !== -1) {
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
};

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
const keysInValue = (value: unknown): number => {
  let keys = 0;
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null) continue;
    const isList = Array.isArray(next);
    for (const key in next) {
      if (!isList) keys += 1;
      const inside = (next as Readonly<Record<string, unknown>>)[key];
      if (typeof inside === 'object') left.push(inside);
    }
  }
  return keys;
};
