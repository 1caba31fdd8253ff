import { cookieValues } from '../../model/cookie-values.ts';
import type { Id, Scheme } from '../../model/secondary.ts';

/** How long a visitor's word counts: what did not work for him may work again. */
export const AVOIDED_FOR_MS = 15 * 60_000;

/** Whoever says this of more than a few has another trouble than a secondary. */
const MOST = 4;

const BETWEEN = '~';
/** Behind an id that he keeps away from only because it sent him on. */
const HANDED_BACK = '!';
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

/** Whether a visitor said of a secondary that it does not work for him; one that only handed him back works. */
export const isComplainedOf = (id: Id, header: string, cookie: string): boolean =>
  header.includes(cookie) && cookieValues(header, cookie).some((value) => value.split(BETWEEN).includes(id));

interface Avoiding {
  /** it handed him back by itself: nothing is wrong with it */
  readonly isHandedBack: boolean;
  /** the cookie's value before */
  readonly value: string;
  readonly listed: ReadonlySet<Id>;
}

/** The cookie's value of a visitor who avoids one more; of what it was before, only ids that are `listed` stay. */
export const avoiding = (id: Id, { isHandedBack, value, listed }: Avoiding): string => {
  const before = value.split(BETWEEN);
  const newest = isHandedBack && !before.includes(id) ? id + HANDED_BACK : id;
  const others = before.filter((each) => idOf(each) !== id && listed.has(idOf(each)));
  return [newest, ...others].slice(0, MOST).join(BETWEEN);
};

const idOf = (entry: string): Id => (entry.endsWith(HANDED_BACK) ? entry.slice(0, -1) : entry);

const idsIn = (value: string): readonly Id[] => value.split(BETWEEN).map(idOf);
