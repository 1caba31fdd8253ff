/** How long a detail may be. */
const MOST = 200;

/**
 * A text that came from outside, made safe for a log, a terminal and a page's text: every run of white space is one
 * space, every other character that is not visible ASCII a `?`, at most 200 characters.
 */
export const printable = (text: string): string => {
  const plain = text
    .slice(0, MOST * 4)
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/gu, '?')
    .trim();
  return plain.length <= MOST ? plain : `${plain.slice(0, MOST - 3)}...`;
};
