import ipaddr from 'ipaddr.js';
import type { z } from 'zod';
import type { Target } from '../../model/visit.ts';
import type { Zod } from '../../unit.ts';
import { DURATION_PATTERN, likelyDuration, parseDuration, printDuration } from '../duration.ts';
import { flaw } from '../explain.ts';
import { readHostName } from '../host-name.ts';
import { read, refuse, type Read } from '../read.ts';
import { textLeaf } from './text-leaf.ts';

/** A duration, read into milliseconds. */
export const duration = (
  zod: Zod,
  { least, most }: { readonly least: number; readonly most: number },
): z.ZodType<number> =>
  textLeaf(
    zod,
    {
      title: 'a duration',
      examples: ['500ms', '2s', '1h'],
      pattern: DURATION_PATTERN,
      likely: likelyDuration,
    },
    (text) => {
      const ms = parseDuration(text);
      if (ms === undefined) return refuse('is not a duration', 'a duration such as "500ms", "2s", "1h"');
      const fits = `${JSON.stringify(printDuration(least))} to ${JSON.stringify(printDuration(most))}`;
      if (ms < least) return refuse('is too short', fits);
      return ms > most ? refuse('is too long', fits) : read(ms);
    },
  );

/** An instant on the calendar, read into milliseconds since 1970. Without a time zone nobody knows which is meant. */
export const instant = (zod: Zod): z.ZodType<number> =>
  textLeaf(
    zod,
    {
      title: 'an instant',
      examples: ['2027-01-31T06:00:00Z', '2027-01-31T06:00+01:00'],
      pattern: INSTANT_PATTERN,
    },
    (text) => {
      const fits = 'an instant with its time zone, such as "2027-01-31T06:00:00Z"';
      if (/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text))
        return refuse('has no time zone', JSON.stringify(`${text}Z`));
      const at = new RegExp(INSTANT_PATTERN).test(text) ? Date.parse(text) : NaN;
      return isOnCalendar(text, at) ? read(at) : refuse('is not an instant', fits);
    },
  );

const INSTANT_PATTERN = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d([.]\\d{1,3})?)?(Z|[+-]\\d\\d:\\d\\d)$';

/** `Date.parse` takes the 30th of February for the 2nd of March. */
const isOnCalendar = (text: string, at: number): boolean => {
  const [year = NaN, month = NaN, day = NaN] = text.slice(0, 10).split('-').map(Number);
  return !Number.isNaN(at) && new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
};

/** A host name of the primary, as visitors' browsers send it. */
export const hostName = (zod: Zod): z.ZodType<string> =>
  textLeaf(zod, { title: 'a host name', examples: ['www.example.org'] }, readHostName);

/** An address range, with its own address only where no length is given. */
export const range = (zod: Zod): z.ZodType<string> =>
  textLeaf(zod, { title: 'an address range', examples: ['10.0.0.0/8', '2001:db8::/32'] }, (text) => {
    const fits = 'an address range such as "10.0.0.0/8", "2001:db8::/32"';
    const [address = '', bits, ...more] = text.split('/');
    const isV4 = ipaddr.IPv4.isValidFourPartDecimal(address);
    if (!isV4 && !(ipaddr.IPv6.isValid(address) && address.includes(':') && !address.includes('%'))) {
      return refuse('is not an address range', fits);
    }
    const longest = isV4 ? 32 : 128;
    if (bits === undefined) return read(`${address}/${longest}`);
    if (more.length > 0 || !/^\d{1,3}$/.test(bits)) return refuse('is not an address range', fits);
    return Number(bits) <= longest
      ? read(`${address}/${Number(bits)}`)
      : refuse('has too many bits', JSON.stringify(`${address}/${longest}`));
  });

/** A path and query as a request line holds it: what `dispatch` takes for a target. */
export const target = (zod: Zod): z.ZodType<Target> =>
  textLeaf(zod, { title: 'a path', examples: ['/', '/start?from=usher'], pattern: '^/' }, (text) => {
    const fits = 'a path such as "/", "/start?from=usher"';
    if (!text.startsWith('/')) return refuse('does not begin with "/"', JSON.stringify(`/${text}`));
    if (text.includes('#')) return refuse('holds a #', 'a path without it');
    // the whole answer head has to stay small
    if (text.length > 128) return refuse('is too long', 'at most 128 characters');
    return /^\/[\x21-\x7e]*$/.test(text) ? read(text as Target) : refuse('is not a path', fits);
  });

/** An exact path that the primary answers in a way of its own. */
export const entrancePath = (zod: Zod): z.ZodType<string, string> =>
  zod.string().superRefine((text, ctx) => {
    const answer = readEntrance(text);
    if (!answer.ok) ctx.addIssue(flaw(answer.what, answer.fits, 'key'));
  });

const readEntrance = (text: string): Read<string> => {
  if (!text.startsWith('/')) return refuse('does not begin with "/"', JSON.stringify(`/${text}`));
  if (!/^\/[\x21-\x7e]{0,255}$/.test(text) || /[?#]/.test(text)) {
    return refuse('is not a plain path', 'a path such as "/index.html", without ? and #');
  }
  const isOurs = text.startsWith('/.usher/') || text.startsWith('/.well-known/acme-challenge/');
  return isOurs ? refuse('is a path of Usher’s own', 'another path') : read(text);
};

/** A cookie's name (RFC 6265: a token). */
export const cookieName = (zod: Zod): z.ZodType<string> =>
  textLeaf(
    zod,
    { title: 'a cookie name', examples: ['usher'], pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$" },
    (text) => {
      if (/^__(?:host|secure)-/i.test(text)) {
        return refuse('has a prefix that Usher sets by itself', JSON.stringify(text.replace(/^__\w+-/, '')));
      }
      if (/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(text)) return read(text);
      return refuse('is not a cookie name', 'letters, digits, - and _, at most 64');
    },
  );

/** The name of a secondary. */
export const secondaryId = (zod: Zod): z.ZodType<string> =>
  textLeaf(
    zod,
    {
      title: 'an id',
      examples: ['web1'],
      pattern: ID.source,
      likely: (given) =>
        String(given)
          .toLowerCase()
          .replace(/[^a-z0-9._-]+/g, '-')
          .replace(/^[^a-z0-9]+/, '')
          .slice(0, 63),
    },
    (text) =>
      ID.test(text)
        ? read(text)
        : refuse(
            'is not an id',
            'up to 63 lower-case letters, digits, ".", "_" and "-", a letter or digit first',
          ),
  );

/** What an id looks like. */
export const ID = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** The name of a file or folder. */
export const fileName = (zod: Zod): z.ZodType<string> =>
  textLeaf(zod, { title: 'a file name', examples: ['state'] }, (text) => {
    if (text === '') return refuse('is empty', 'a file name');
    return text.includes('\0') ? refuse('holds a NUL character', 'a file name') : read(text);
  });
