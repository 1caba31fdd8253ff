import { unbracketed } from '../model/ip-literal.ts';
import type { Origin } from '../model/secondary.ts';
import type { Host } from '../model/visit.ts';

/** How far around a host can be reached: by everybody, in its own network, on its own machine. */
type Space = 0 | 1 | 2;

const LOCAL_V4 =
  /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
const LOCAL_NAME = /^[^.]+$|\.(?:local|internal|lan|home|home\.arpa|test)$/;

/** What the name or address of a host says; a name that anybody may look up is taken for public. */
const spaceOf = (host: string): Space => {
  const bare = unbracketed(host);
  if (bare.includes(':')) {
    if (bare === '::1') return 2;
    return /^f[cd]|^fe[89ab]/.test(bare) ? 1 : 0;
  }
  if (/^127\.|^0\./.test(bare) || bare === 'localhost' || bare.endsWith('.localhost')) return 2;
  return LOCAL_V4.test(bare) || LOCAL_NAME.test(bare) ? 1 : 0;
};

const hostOf = (origin: Origin): string => {
  const authority = origin.slice(origin.indexOf('//') + 2);
  return authority.startsWith('[')
    ? authority.slice(0, authority.indexOf(']') + 1)
    : (authority.split(':', 1)[0] ?? '');
};

/**
 * Whether a page of the primary may ask a secondary from the visitor's browser, without a question to him and without an
 * error: an encrypted page may not ask an unencrypted server (mixed content), a page that everybody can reach may not
 * ask into the visitor's own network (Chromium's Local Network Access asks him first), and a
 * Content-Security-Policy cannot name an IPv6 address.
 */
export const mayBeAsked = (
  origin: Origin,
  { scheme, host }: { readonly scheme: 'http' | 'https'; readonly host: Host },
): boolean => {
  const asked = hostOf(origin);
  if (asked.startsWith('[')) return false;
  if (scheme === 'https' && !origin.startsWith('https:')) return false;
  return asked === host || spaceOf(host) >= spaceOf(asked);
};
