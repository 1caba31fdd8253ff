/** A place in a text. */
export interface Place {
  /** from 1 */
  readonly line: number;
  /** from 1, in UTF-16 units as editors count */
  readonly column: number;
}

/** Finds places in a text by offset; the line starts are looked for once. */
export const placesIn = (text: string): ((offset: number) => Place) => {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
};
