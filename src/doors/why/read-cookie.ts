import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { span } from '../../../public/dashboard-words.js';
import type { EntranceSettings, Settings } from '../../config/settings.ts';
import { createAffinity } from '../../dispatch/affinity.ts';
import { cookieValues } from '../../model/cookie-values.ts';
import { isNonEmpty } from '../../model/non-empty.ts';
import type { Id, Scheme } from '../../model/secondary.ts';
import type { Visit } from '../../model/visit.ts';
import { readSecrets } from '../../stores/secret.ts';

/** What a primary makes of a visitor's cookie. */
export interface CookieFound {
  /** the secondary that it names; absent: it does not count */
  readonly id?: Id;
  /** goes on after "his cookie" */
  readonly words: string;
}

interface Question {
  readonly settings: Settings;
  readonly visit: Visit;
  readonly entrance: Exclude<EntranceSettings, 'local'>;
  /** milliseconds since 1970 */
  readonly wallMs: number;
}

/** `id.issuedAt.signature`, and four letters; the time in seconds, base 36. */
const OURS = /^.+\.([0-9a-z]{1,9})\.[A-Za-z0-9_-]{22}(?:[A-Za-z0-9_-]{4})?$/;

/**
 * Whom the cookie of a visit names, and if nobody, why not. Nothing is written: where there is no key yet, none is made.
 * `undefined` for a visit without any.
 */
export const readCookie = async ({
  settings,
  visit,
  entrance,
  wallMs,
}: Question): Promise<CookieFound | undefined> => {
  const { cookie: header, scheme } = visit;
  if (header === '') return undefined;
  const { affinity: options, stateFolder, secondaries } = settings;
  if (options === false) return { words: 'is not read: the config says "affinity": false' };
  if (!entrance.affinity) return { words: 'is not read: at this entrance each visit is a new choice' };

  const [value] = cookieValues(header, nameFor(scheme, options.cookie));
  if (value === undefined) return { words: misnamed(visit, options.cookie) };
  const file = join(stateFolder, 'secret');
  const secrets = existsSync(file) ? await readSecrets(stateFolder) : [];
  if (!isNonEmpty(secrets))
    return { words: `is refused: there is no key in ${file} yet that could sign one` };

  const readAt = (at: number) => createAffinity({ ...options, secrets, wall: () => at }).read(header, scheme);
  const bound = readAt(wallMs);
  if (bound !== undefined) {
    const isListed = secondaries.some(({ id }) => id === bound.id);
    return isListed
      ? { id: bound.id, words: `names ${bound.id}` }
      : { words: `names ${bound.id}, which is not on the list` };
  }
  const issuedAtMs = parseInt(OURS.exec(value)?.[1] ?? '', 36) * 1000;
  if (Number.isNaN(issuedAtMs)) {
    return { words: 'is refused: it is none of Usher’s, which read id.time.signature' };
  }
  if (readAt(issuedAtMs) === undefined) {
    return {
      words: `is refused: no key in ${file} signed it. It was forged or damaged, or another primary signed it with a key of its own, or for another name than "${options.cookie}"`,
    };
  }
  const ageMs = wallMs - issuedAtMs;
  return {
    words:
      ageMs < 0
        ? `is refused: it was signed ${span(-ageMs)} from now; the clock of the primary that did so is wrong, or this one’s`
        : `is refused: it has expired. It was signed ${span(ageMs)} ago and counts for ${span(options.forMs)}`,
  };
};

/** The name that the cookie has over a scheme; browsers take `__Host-` over TLS only. */
export const nameFor = (scheme: Scheme, cookie: string): string =>
  scheme === 'https' ? `__Host-${cookie}` : cookie;

const misnamed = ({ cookie: header, scheme }: Visit, cookie: string): string => {
  const wanted = nameFor(scheme, cookie);
  const other = scheme === 'https' ? 'http' : 'https';
  const isOfOther = cookieValues(header, nameFor(other, cookie)).length > 0;
  return isOfOther
    ? `is not read: it is the one for ${other}, and over ${scheme} only "${wanted}" is`
    : `is not read: none is called "${wanted}"`;
};
