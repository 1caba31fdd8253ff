import type { Target } from '../../model/visit.ts';

/** Origin form: one `/` first, then visible ASCII; a `#` is never sent by a browser and never passed on. */
const originForm = /^\/[\x21\x22\x24-\x7e]*$/;

/** The only place where a `Target` is made. `undefined` for whatever is not in origin form. */
export const parseTarget = (raw: string): Target | undefined =>
  originForm.test(raw) ? (raw as Target) : undefined;

const absoluteForm = /^https?:\/\/([^/?#\\]*)(.*)$/i;

/**
 * Splits a target in absolute form (`GET http://www.example.org/x`), as proxies and old clients send it, into the host
 * it names and the rest in origin form.
 */
export const splitAbsolute = (raw: string): { readonly host: string; readonly rest: string } | undefined => {
  const [, host, rest] = absoluteForm.exec(raw) ?? [];
  if (host === undefined || rest === undefined) return undefined;
  return { host, rest: rest.startsWith('/') ? rest : `/${rest}` };
};
