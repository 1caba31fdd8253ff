import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import { findWrongBracket } from './brackets.ts';
import { oneLine } from './given.ts';
import { placesIn } from './place.ts';
import { CODES, slipOf, type Slip } from './slip.ts';

/** A text read as strict JSON, with the place of everything in it. */
export interface Json {
  /** absent: too broken to say anything about its values */
  readonly tree?: Node;
  /** undefined where there is no tree; of a key that comes twice the last one */
  readonly value: unknown;
  /** in the order of the text */
  readonly slips: readonly Slip[];
}

/**
 * Reads strict JSON (RFC 8259) and names every slip with its offset: comments, trailing and missing commas, keys that
 * come twice. Where the text is broken in a way that leaves its meaning open, it names that one slip and gives no value.
 */
export const readJson = (given: string): Json => {
  const hasMark = given.startsWith('\uFEFF');
  const text = hasMark ? ` ${given.slice(1)}` : given;
  const mark = hasMark ? [BYTE_ORDER_MARK] : [];
  const broken = (slip: Slip): Json => ({ value: undefined, slips: [...mark, slip] });

  if (/^[ \t\r\n]*$/.test(text)) return broken(EMPTY);
  const bracket = findWrongBracket(text);
  if (bracket?.isTooDeep === true) return broken(bracket);

  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: true });
  const fatal = errors.find((_, at) => !isMinor(errors, at));
  if (bracket !== undefined && (fatal === undefined || bracket.offset <= fatal.offset))
    return broken(bracket);
  if (fatal !== undefined) return broken(slipOf(text, fatal));
  if (tree === undefined) return broken(EMPTY);

  const slips = [...mark, ...errors.map((error) => slipOf(text, error))];
  const placeOf = placesIn(text);
  findSlips(text, tree, { lineOf: (offset) => placeOf(offset).line, slips });
  if (slips.length === 0) {
    const disagreement = disagreementOf(text);
    if (disagreement !== undefined) return broken(disagreement);
  }
  return { tree, value: valueOf(tree), slips: slips.sort((one, other) => one.offset - other.offset) };
};

const BYTE_ORDER_MARK: Slip = {
  offset: 0,
  what: 'the file begins with a byte order mark',
  given: '"\\ufeff"',
  fits: 'UTF-8 without it',
};

const EMPTY: Slip = {
  offset: 0,
  what: 'the file is empty',
  given: '',
  fits: '{ "secondaries": [ { "port": 8086 } ] }',
};

/** What fits where a key comes twice. */
export const EACH_ONCE = 'each key once';

/** Whether an error leaves no doubt of the rest: a comment, or a comma left out and nothing else wrong there. */
const isMinor = (errors: readonly ParseError[], at: number): boolean => {
  const code: number | undefined = errors[at]?.error;
  if (code === CODES.comment) return true;
  const offset = errors[at]?.offset;
  const isAlone = errors[at - 1]?.offset !== offset && errors[at + 1]?.offset !== offset;
  return code === CODES.commaExpected && isAlone;
};

/** The value of a node; keys that could reach a prototype are left out, `readJson` has named them. */
const valueOf = (node: Node): unknown => {
  const children = node.children ?? [];
  if (node.type === 'array') return children.map(valueOf);
  if (node.type !== 'object') return node.value === 0 ? 0 : (node.value as unknown);
  const object: Record<string, unknown> = {};
  for (const { key, value } of propertiesOf(node)) {
    if (key.value !== '__proto__') object[key.value as string] = valueOf(value);
  }
  return object;
};

/** Keys and values of an object's node. */
export const propertiesOf = (node: Node): { readonly key: Node; readonly value: Node }[] =>
  (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key === undefined || value === undefined ? [] : [{ key, value }];
  });

interface Search {
  readonly lineOf: (offset: number) => number;
  /** where what is found goes */
  readonly slips: Slip[];
}

/** Finds what strict JSON forbids and the tolerant parser lets pass: trailing commas, keys that come twice, `__proto__`. */
const findSlips = (text: string, node: Node, search: Search): void => {
  const { lineOf, slips } = search;
  if (node.type !== 'object' && node.type !== 'array') return;
  const last = node.children?.at(-1);
  const comma = last && trailingComma(text, last.offset + last.length, node.offset + node.length - 1);
  if (comma !== undefined) {
    slips.push({
      offset: comma,
      what: 'a comma too many before the end',
      given: '","',
      fits: 'none after the last one',
    });
  }
  if (node.type === 'array') {
    for (const child of node.children ?? []) findSlips(text, child, search);
    return;
  }
  const seen = new Map<string, number>();
  for (const { key, value } of propertiesOf(node)) {
    const name = key.value as string;
    const first = seen.get(name);
    const given = (): string => oneLine(JSON.stringify(name));
    if (name === '__proto__') {
      const what = 'a key that no config has';
      slips.push({ offset: key.offset, what, given: given(), fits: 'a line without it' });
    } else if (first !== undefined) {
      const what = `${given()} is there twice, first in line ${lineOf(first)}`;
      slips.push({ offset: key.offset, what, given: given(), fits: EACH_ONCE });
    } else {
      seen.set(name, key.offset);
    }
    findSlips(text, value, search);
  }
};

const trailingComma = (text: string, from: number, to: number): number | undefined => {
  const between = text
    .slice(from, to)
    .replace(/\/\*[^]*?\*\/|\/\/[^\r\n]*/g, (comment) => ' '.repeat(comment.length));
  const at = between.indexOf(',');
  return at < 0 ? undefined : from + at;
};

/** The platform's own parser has the last word. */
const disagreementOf = (text: string): Slip | undefined => {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { offset: Number(/position (\d+)/.exec(what)?.[1] ?? 0), what, given: '', fits: 'strict JSON' };
  }
};
