import type { Node } from 'jsonc-parser';
import { readJson, propertiesOf } from './json.ts';
import type { Flaw, Mistake, Path } from './mistake.ts';
import { placesIn, type Place } from './place.ts';
import type { Content } from './sources.ts';

/** A file of a config, read: its value, what is wrong with its text, and where things stand in it. */
export interface Page {
  readonly file: string;
  /** false: too broken to say anything about its values */
  readonly isReadable: boolean;
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
  /** Where something stands; of what is not there, where it would be. */
  readonly placeOf: (path: Path, at: Flaw['at']) => Place;
}

/** Reads one file of a config. */
export const readPage = (file: string, content: Content): Page => {
  if (!content.ok) {
    const { what, fits } = content;
    const mistake = { file, line: 1, column: 1, path: '', what: `the file ${what}`, given: '', fits };
    return {
      ...{ file, isReadable: false, value: undefined, mistakes: [mistake] },
      placeOf: () => ({ line: 1, column: 1 }),
    };
  }
  const { tree, value, slips } = readJson(content.text);
  const place = placesIn(content.text);
  return {
    file,
    isReadable: tree !== undefined,
    value,
    mistakes: slips.map(({ offset, ...slip }) => ({ file, ...place(offset), path: '', ...slip })),
    placeOf: (path, at) => place(tree === undefined ? 0 : offsetOf(tree, path, at)),
  };
};

/** The offset of a value or its key; of the nearest thing around it where there is none. */
const offsetOf = (root: Node, path: Path, at: Flaw['at']): number => {
  let node = root;
  let offset = root.offset;
  for (const step of path) {
    if (typeof step === 'number') {
      const item = node.type === 'array' ? node.children?.[step] : undefined;
      if (item === undefined) return node.offset;
      node = item;
      offset = item.offset;
      continue;
    }
    // of a key that comes twice the last one is the one that was read
    const found = propertiesOf(node).findLast(({ key }) => key.value === step);
    if (node.type !== 'object' || found === undefined) return node.offset;
    node = found.value;
    offset = at === 'key' ? found.key.offset : found.value.offset;
  }
  return offset;
};
