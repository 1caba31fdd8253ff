/** A value read from a config, or what is wrong with it and what would fit. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly what: string; readonly fits: string };

/** A value that was read. */
export const read = <T>(value: T): Read<T> => ({ ok: true, value });

/** A value that does not fit; `what` goes on after the key: `"port" is too large`. */
export const refuse = (what: string, fits: string): Read<never> => ({ ok: false, what, fits });
