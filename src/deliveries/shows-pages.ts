import type { Visit } from '../model/visit.ts';
import { isPlainQuestion } from './plain-question.ts';

/**
 * Words of programs that index, preview or watch pages. They run no script or take the page on the way for the site's
 * own, so they get a plain redirect. A program that does not say what it is, is taken for a browser; CUBOT makes phones.
 */
const CRAWLERS =
  /(?<!cu)bot(?:\b|_)|crawl|spider|slurp|archiver|facebookexternalhit|facebookcatalog|embedly|whatsapp|preview|mediapartners|googleother|inspectiontool|lighthouse|uptime|pingdom|feed(?:fetcher|ly|parser)|\brss/i;

/** Whether a program says of itself that it indexes, previews or watches pages. */
export const isCrawler = (userAgent: string): boolean => CRAWLERS.test(userAgent);

/** What a browser shows as a page of its own, or within one. */
const SHOWN = new Set(['', 'document', 'iframe', 'frame', 'fencedframe', 'object', 'embed']);

/** Whether whoever asks would show a page to somebody: no crawler, and no picture, script or call of a page. */
export const showsPages = ({
  userAgent,
  accept,
  dest,
}: Pick<Visit, 'userAgent' | 'accept' | 'dest'>): boolean =>
  SHOWN.has(dest) && (accept === '' || accept === '*/*' || accept.includes('html')) && !isCrawler(userAgent);

/** Whether this visit can be answered by a page instead of a redirect. */
export const takesPages = (visit: Visit): boolean => isPlainQuestion(visit.method) && showsPages(visit);
