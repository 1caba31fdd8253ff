import { isCrawler } from '../../deliveries/shows-pages.ts';
import type { Arrival } from './arrival.ts';

/** What a browser opens in a window or a frame of its own; empty: it does not say. */
const OPENED: ReadonlySet<string> = new Set(['', 'document', 'iframe', 'frame', 'fencedframe']);

/**
 * Whether a GET that changes something was meant by somebody: he opens it, now. Not so what is fetched in advance, a HEAD,
 * what a program asks for that follows every link, and a picture or script that any page can name.
 */
export const isMeant = ({
  method,
  purpose,
  dest,
  userAgent,
}: Pick<Arrival, 'method' | 'purpose' | 'dest' | 'userAgent'>): boolean =>
  method === 'GET' && purpose === '' && OPENED.has(dest) && !isCrawler(userAgent);
