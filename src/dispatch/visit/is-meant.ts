import { isCrawler, opens } from '../../deliveries/shows-pages.ts';
import type { Arrival } from './arrival.ts';

/**
 * Whether a GET that changes something was meant by somebody: he opens it, now. Not so what is fetched in advance, a HEAD,
 * what a program asks for that follows every link, and a picture or script that any page can name.
 */
export const isMeant = (
  arrival: Pick<Arrival, 'method' | 'purpose' | 'accept' | 'dest' | 'userAgent'>,
): boolean =>
  arrival.method === 'GET' && arrival.purpose === '' && opens(arrival) && !isCrawler(arrival.userAgent);
