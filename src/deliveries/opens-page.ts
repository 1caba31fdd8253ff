import type { Visit } from '../model/visit.ts';

/** What a browser opens in a window, or in a frame within one. */
const OPENED: ReadonlySet<string> = new Set(['document', 'iframe', 'frame', 'fencedframe']);

/**
 * Whether a browser opens what it asks for as a page. What it does with an answer it says to https and loopback only (Fetch
 * Metadata, Trustworthy URLs); elsewhere the Accept header tells: whatever is opened names `text/html`, and no picture,
 * script, font or call of a page does.
 */
export const opensPage = ({ accept, dest }: Pick<Visit, 'accept' | 'dest'>): boolean =>
  dest === '' ? accept.includes('text/html') : OPENED.has(dest);
