import type { Id } from '../model/secondary.ts';
import { ringOver, type Series } from './ring.ts';

/** Series of the secondaries, one number a second for each, all in one piece of memory. */
export interface Rings {
  /** Takes the list as it is now: who stays keeps his numbers, who is new begins with the next, who left is forgotten. */
  readonly list: (ids: readonly Id[]) => void;
  /** The next number of each, in the order of the list. */
  readonly push: (numbers: ArrayLike<number>) => void;
  readonly of: (id: Id) => Series | undefined;
}

/** Rings of `size` numbers each. Ten thousand single ones would be forty thousand objects. */
export const createRings = (size: number): Rings => {
  let rows: ReadonlyMap<Id, number> = new Map();
  let values = new Float32Array(0);
  let bornAt = new Float64Array(0);
  let pushed = 0;

  const list = (ids: readonly Id[]): void => {
    if (ids.length === rows.size && ids.every((id, row) => rows.get(id) === row)) return;
    const nextValues = new Float32Array(ids.length * size);
    const nextBornAt = new Float64Array(ids.length).fill(pushed);
    ids.forEach((id, row) => {
      const before = rows.get(id);
      if (before === undefined) return;
      nextValues.set(values.subarray(before * size, (before + 1) * size), row * size);
      nextBornAt[row] = bornAt[before] ?? pushed;
    });
    rows = new Map(ids.map((id, row) => [id, row]));
    values = nextValues;
    bornAt = nextBornAt;
  };

  return {
    list,
    push: (numbers) => {
      const column = pushed % size;
      for (let row = 0; row < bornAt.length; row += 1) values[row * size + column] = numbers[row] ?? NaN;
      pushed += 1;
    },
    of: (id) => {
      const row = rows.get(id);
      return row === undefined
        ? undefined
        : ringOver(values.subarray(row * size, (row + 1) * size), {
            next: pushed % size,
            held: Math.min(size, pushed - (bornAt[row] ?? pushed)),
          });
    },
  };
};
