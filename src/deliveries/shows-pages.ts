import type { Visit } from '../model/visit.ts';
import { opensPage } from './opens-page.ts';
import { isPlainQuestion } from './plain-question.ts';

/**
 * Words of programs that index, preview or watch pages. They run no script or take the page on the way for the site's
 * own, so they get a plain redirect. A program that does not say what it is, is taken for a browser; CUBOT makes phones.
 */
const CRAWLERS =
  /(?<!cu)bot(?:\b|_)|crawl|spider|slurp|archiver|facebookexternalhit|facebookcatalog|embedly|whatsapp|preview|mediapartners|googleother|inspectiontool|lighthouse|uptime|pingdom|feed(?:fetcher|ly|parser)|\brss/i;

/** Whether a program says of itself that it indexes, previews or watches pages. */
export const isCrawler = (userAgent: string): boolean => CRAWLERS.test(userAgent);

/** What a browser shows within a page as one, if it is one. */
const EMBEDDED: ReadonlySet<string> = new Set(['object', 'embed']);

/**
 * Whether a browser opens what it asks for, or a program asks that is none, such as curl: every browser says that it is
 * one for the sake of old ones, and whatever else there is loads nothing for a page.
 */
export const opens = ({ userAgent, accept, dest }: Pick<Visit, 'userAgent' | 'accept' | 'dest'>): boolean =>
  opensPage({ accept, dest }) || (dest === '' && !userAgent.startsWith('Mozilla/'));

const takesAnything = (accept: string): boolean => accept === '' || accept === '*/*';

/** Whether whoever asks would show a page to somebody: no crawler, and no picture, script or call of a page. */
export const showsPages = (asked: Pick<Visit, 'userAgent' | 'accept' | 'dest'>): boolean =>
  (opens(asked) || EMBEDDED.has(asked.dest)) &&
  (takesAnything(asked.accept) || asked.accept.includes('html')) &&
  !isCrawler(asked.userAgent);

/** Whether this visit can be answered by a page instead of a redirect. */
export const takesPages = (visit: Visit): boolean => isPlainQuestion(visit.method) && showsPages(visit);
