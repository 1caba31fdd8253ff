import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import type { Path } from '../mistake.ts';

/** One change of a JSON text. */
export interface Edit {
  /** a key or index that is not there yet is added behind the others */
  readonly path: Path;
  /** absent: whatever is at the path is taken out */
  readonly value?: unknown;
}

/**
 * Makes changes in a JSON text and leaves everything else of it as its author wrote it: blanks, line ends, the order
 * of keys. What is added looks like what stands beside it. (jsonc-parser's own `modify` formats the whole line anew,
 * and takes a comma too few when it removes the last item of a list.)
 *
 * @throws TypeError where a path leads nowhere
 */
export const applyEdits = (text: string, edits: readonly Edit[]): string => edits.reduce(applyEdit, text);

const applyEdit = (text: string, { path, value }: Edit): string => {
  const root = parseTree(text);
  const parent = root && findNodeAtLocation(root, path.slice(0, -1));
  const step = path.at(-1);
  if (parent === undefined || step === undefined || !isInside(parent, step))
    throw new TypeError(`no such path`);
  const items = parent.children ?? [];
  const index =
    typeof step === 'number' ? step : items.findIndex(({ children }) => children?.[0]?.value === step);
  const item = items[index];

  if (value === undefined) return item === undefined ? text : without(text, parent, index);
  if (item === undefined) {
    const json =
      typeof step === 'number' ? printInLine(value) : `${JSON.stringify(step)}: ${printInLine(value)}`;
    return withAdded(text, parent, json);
  }
  const node = item.type === 'property' ? item.children?.[1] : item;
  if (node === undefined) throw new TypeError('no such path');
  return text.slice(0, node.offset) + printInLine(value) + text.slice(endOf(node));
};

/** Whether a step can lead from a node: a key into an object, an index of an item or of one more into a list. */
const isInside = ({ type, children = [] }: Node, step: string | number): boolean =>
  typeof step === 'string' ? type === 'object' : type === 'array' && step >= 0 && step <= children.length;

const withAdded = (text: string, parent: Node, json: string): string => {
  const items = parent.children ?? [];
  const last = items.at(-1);
  if (last === undefined) {
    const inner = parent.type === 'object' ? `{ ${json} }` : `[${json}]`;
    return text.slice(0, parent.offset) + inner + text.slice(endOf(parent));
  }
  // the blanks before the last item are those that its author puts between two
  const before = text.slice(0, last.offset);
  const blanks = before.slice(before.trimEnd().length);
  return `${text.slice(0, endOf(last))},${blanks}${json}${text.slice(endOf(last))}`;
};

const without = (text: string, parent: Node, index: number): string => {
  const items = parent.children ?? [];
  const [item, before, after] = [items[index], items[index - 1], items[index + 1]];
  if (item === undefined) return text;
  if (before !== undefined) return text.slice(0, endOf(before)) + text.slice(endOf(item));
  if (after !== undefined) return text.slice(0, item.offset) + text.slice(after.offset);
  return text.slice(0, parent.offset + 1) + text.slice(endOf(parent) - 1);
};

const endOf = ({ offset, length }: Node): number => offset + length;

/** JSON in one line, with blanks where people put them. */
const printInLine = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(printInLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${printInLine(one)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
};
