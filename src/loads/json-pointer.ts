/** A place in a JSON document: the keys that lead there (RFC 6901). */
export type Pointer = readonly string[];

/** Reads a pointer such as `/load/running`; undefined when it is none. */
export const parsePointer = (text: string): Pointer | undefined => {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
};

/** What stands there; undefined when nothing does. */
export const valueAt = (pointer: Pointer, root: unknown): unknown => {
  let value = root;
  for (const step of pointer) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
};
