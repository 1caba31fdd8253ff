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

/** What changed from one list of rows to the next; `undefined` when they do not hold the same ids in the same order. */
export const changedRows = (
  before: readonly Row[],
  after: readonly Row[],
): readonly RowChange[] | undefined => {
  if (before.length !== after.length) return undefined;
  const changes: RowChange[] = [];
  for (const [index, row] of after.entries()) {
    const old = before[index];
    if (old?.id !== row.id) return undefined;
    const fields = changedFields(old, row);
    if (Object.keys(fields).length > 0) changes.push({ ...fields, id: row.id });
  }
  return changes;
};
