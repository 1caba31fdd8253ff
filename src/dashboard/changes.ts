import type { Id } from '../model/secondary.ts';
import type { Row } from './row.ts';

/** A row's fields that changed; `null` stands for a field that is gone. */
export type RowChange = { readonly id: string } & Readonly<Record<string, unknown>>;

/** Whether two values of plain data say the same. */
export const isSame = (one: unknown, other: unknown): boolean => {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return Number.isNaN(one) && Number.isNaN(other);
  }
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => isSame((one as Plain)[key], (other as Plain)[key]));
};

type Plain = Readonly<Record<string, unknown>>;

/** The fields of `after` that `before` had otherwise; `null` for those that are gone. */
export const changedFields = (before: object, after: object): Plain => {
  const changed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    if (!isSame((before as Plain)[key], value)) changed[key] = value;
  }
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) changed[key] = null;
  }
  return changed;
};

/** What changed from one list of rows to the next. */
export interface ChangedRows {
  /** the fields that changed; all of them of a newcomer */
  readonly changes: readonly (RowChange | Row)[];
  readonly newcomers: readonly Row[];
  /** all ids, where they are not the same in the same order */
  readonly order: readonly Id[] | undefined;
}

/** Compares two lists of rows. */
export const changedRows = (before: readonly Row[], after: readonly Row[]): ChangedRows => {
  const isSameOrder = before.length === after.length && after.every(({ id }, at) => before[at]?.id === id);
  const known = isSameOrder ? undefined : new Map(before.map((row) => [row.id, row]));
  const changes: (RowChange | Row)[] = [];
  const newcomers: Row[] = [];
  for (const [at, row] of after.entries()) {
    const old = known === undefined ? before[at] : known.get(row.id);
    if (old === undefined) {
      newcomers.push(row);
      changes.push(row);
      continue;
    }
    const fields = changedFields(old, row);
    if (Object.keys(fields).length > 0) changes.push({ ...fields, id: row.id });
  }
  return { changes, newcomers, order: isSameOrder ? undefined : after.map(({ id }) => id) };
};
