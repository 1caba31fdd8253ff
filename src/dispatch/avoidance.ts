import { cookieValues } from '../model/cookie-values.ts';
import type { Id, Scheme } from '../model/secondary.ts';

/** How long a visitor's word counts: what did not work for him may work again. */
export const AVOIDED_FOR_MS = 15 * 60_000;

/** Whoever says this of more than a few has another trouble than a secondary. */
const MOST = 4;

const BETWEEN = '~';
const NOBODY: readonly Id[] = [];

/**
 * The cookie in which a visitor keeps whom he avoids; called after the affinity cookie. It is not signed: a visitor who
 * writes it himself only does what the link does for him. Behind TLS no neighbour domain can plant it, as with that one.
 */
export const avoidanceCookie = (affinity: false | { readonly cookie: string }, scheme: Scheme): string =>
  `${scheme === 'https' ? '__Host-' : ''}${affinity === false ? 'usher' : affinity.cookie}-other`;

/** Reads the ids that a `Cookie` header says to avoid, the newest first, each once; some may be on no list. */
export const avoidedIn = (header: string, cookie: string): readonly Id[] =>
  header.includes(cookie) ? [...new Set(cookieValues(header, cookie).flatMap(idsIn))].slice(0, MOST) : NOBODY;

/** The cookie's value of a visitor who avoids one more; of what it was before, only ids that are `listed` stay. */
export const avoiding = (id: Id, value: string, listed: ReadonlySet<Id>): string =>
  [id, ...idsIn(value).filter((each) => each !== id && listed.has(each))].slice(0, MOST).join(BETWEEN);

const idsIn = (value: string): readonly Id[] => value.split(BETWEEN);
