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
  const propertyOf = propertiesByKey();
  return {
    file,
    isReadable: tree !== undefined,
    value,
    mistakes: slips.map(({ offset, ...slip }) => ({ file, ...place(offset), path: '', ...slip })),
    placeOf: (path, at) => place(tree === undefined ? 0 : offsetOf(tree, { path, at, propertyOf })),
  };
};

type Property = ReturnType<typeof propertiesOf>[number];

/** Finds the properties of objects by their keys; an object is gone through once, however often it is asked for. */
const propertiesByKey = (): ((node: Node, key: string) => Property | undefined) => {
  const known = new WeakMap<Node, ReadonlyMap<unknown, Property>>();
  return (node, key) => {
    // of a key that comes twice the last one is the one that was read
    const properties =
      known.get(node) ?? new Map(propertiesOf(node).map((property) => [property.key.value, property]));
    known.set(node, properties);
    return properties.get(key);
  };
};

interface Wanted {
  readonly path: Path;
  readonly at: Flaw['at'];
  readonly propertyOf: (node: Node, key: string) => Property | undefined;
}

/** The offset of a value or its key; of the nearest thing around it where there is none. */
const offsetOf = (root: Node, { path, at, propertyOf }: Wanted): number => {
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
    const found = node.type === 'object' ? propertyOf(node, step) : undefined;
    if (found === undefined) return node.offset;
    node = found.value;
    offset = at === 'key' ? found.key.offset : found.value.offset;
  }
  return offset;
};
