/** A line of a text that is about to change. */
export interface DiffLine {
  readonly is: 'same' | 'out' | 'in';
  /** from 1, in the text before, or after where it is new */
  readonly number: number;
  readonly text: string;
}

/** Lines shown around what changes. */
const AROUND = 3;

/** What must not stand on a page, wherever it stands in a line. */
const SECRET = /("(?:[\w-]*(?:password|secret|token|authorization|key))"\s*:\s*")(?:[^"\\]|\\.)*/gi;

/** What changes from one text to the next, line by line, with some lines around. An edit changes one place. */
export const diffOf = (before: string, after: string): readonly DiffLine[] => {
  if (before === after) return [];
  const old = before.split('\n');
  const next = after.split('\n');
  const shorter = Math.min(old.length, next.length);
  let top = 0;
  while (top < shorter && old[top] === next[top]) top += 1;
  let bottom = 0;
  while (bottom < shorter - top && old.at(-1 - bottom) === next.at(-1 - bottom)) bottom += 1;
  const lines = (is: DiffLine['is'], from: readonly string[], first: number, end: number): DiffLine[] =>
    from
      .slice(first, end)
      .map((text, at) => ({ is, number: first + at + 1, text: text.replace(SECRET, '$1…') }));
  const oldEnd = old.length - bottom;
  const nextEnd = next.length - bottom;
  return [
    ...lines('same', old, Math.max(0, top - AROUND), top),
    ...lines('out', old, top, oldEnd),
    ...lines('in', next, top, nextEnd),
    ...lines('same', next, nextEnd, nextEnd + AROUND),
  ];
};
