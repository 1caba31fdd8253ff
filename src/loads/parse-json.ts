import { failed } from '../wire/failure.ts';
import type { Failed } from '../wire/wire.ts';

/** Reads JSON; a byte order mark in front is forgiven. */
export const parseJson = (text: string): { readonly ok: true; readonly value: unknown } | Failed => {
  try {
    return { ok: true, value: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch {
    return failed('garbage', `not JSON: ${text.slice(0, 60)}`);
  }
};
