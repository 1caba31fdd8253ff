import { visit } from 'jsonc-parser';
import { HIDDEN, withoutSecrets } from '../secrets.ts';

/** A line of a text that is about to change. */
export interface DiffLine {
  readonly is: 'same' | 'out' | 'in';
  /** from 1, in the text before, or after where it is new */
  readonly number: number;
  readonly text: string;
}

/** Lines shown around what changes. */
const AROUND = 3;

/** The lines of a JSON text, without the texts that may be secrets. */
const shownLines = (text: string): readonly string[] => {
  let shown = '';
  let done = 0;
  visit(text, {
    onLiteralValue: (...[value, offset, length, , , pathOf]) => {
      if (withoutSecrets(value, pathOf()) === value) return;
      shown += `${text.slice(done, offset)}"${HIDDEN}"`;
      done = offset + length;
    },
  });
  return (shown + text.slice(done)).split('\n');
};

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
  const oldEnd = old.length - bottom;
  const nextEnd = next.length - bottom;
  const shownOld = shownLines(before);
  const shownNext = shownLines(after);
  return [
    ...told('same', shownOld.slice(Math.max(0, top - AROUND), top), Math.max(0, top - AROUND)),
    ...told('out', shownOld.slice(top, oldEnd), top),
    ...told('in', shownNext.slice(top, nextEnd), top),
    ...told('same', shownNext.slice(nextEnd, nextEnd + AROUND), nextEnd),
  ];
};

const told = (is: DiffLine['is'], lines: readonly string[], above: number): readonly DiffLine[] =>
  lines.map((text, at) => ({ is, number: above + at + 1, text }));
