import { plain } from './plain.ts';

/**
 * Lines up rows under their heads: every column as wide as its widest cell, two blanks between. Cells may come from
 * outside: they are made plain.
 */
export const table = (heads: readonly string[], given: readonly (readonly string[])[]): string => {
  const rows = given.map((cells) => cells.map(plain));
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()}\n`;
  return [heads, ...rows].map(line).join('');
};
