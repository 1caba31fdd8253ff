import { opensPage } from '../../deliveries/opens-page.ts';
import { isBrowser, isCrawler } from '../../deliveries/shows-pages.ts';
import type { Arrival } from './arrival.ts';

/**
 * Whether a GET that changes something was meant by somebody: he opens it, now. Not so what is fetched in advance, a HEAD,
 * what a program asks for that follows every link, and a picture or script that any page can name. A program that is no
 * browser, such as curl, loads nothing for a page: what it asks for is meant.
 */
export const isMeant = ({
  method,
  purpose,
  accept,
  dest,
  userAgent,
}: Pick<Arrival, 'method' | 'purpose' | 'accept' | 'dest' | 'userAgent'>): boolean =>
  method === 'GET' &&
  purpose === '' &&
  (opensPage({ accept, dest }) || (dest === '' && !isBrowser(userAgent))) &&
  !isCrawler(userAgent);
