import { createScanner } from 'jsonc-parser';
import { tokenAt, type Slip } from './slip.ts';

/** How deep a config may be nested; it needs 6. Parsing is recursive, and a file of brackets must not end the program. */
const DEEPEST = 64;

// jsonc-parser's const enum of tokens does not exist at run time
const OPEN_BRACE = 1;
const CLOSE_BRACE = 2;
const OPEN_BRACKET = 3;
const CLOSE_BRACKET = 4;
const END = 17;

/** A bracket that is wrong. */
export interface WrongBracket extends Slip {
  /** whether the text may not even be parsed */
  readonly isTooDeep: boolean;
}

/** The first bracket that lacks its other half, or nesting beyond all measure. */
export const findWrongBracket = (text: string): WrongBracket | undefined => {
  const scanner = createScanner(text, true);
  const open: { readonly offset: number; readonly closing: number }[] = [];
  const unclosed = (offset: number): WrongBracket => {
    const { offset: from, closing } = open.pop() ?? { offset: 0, closing: CLOSE_BRACE };
    const line = text.slice(0, from).split(/\r\n|\r|\n/).length;
    const what = `the ${JSON.stringify(text.charAt(from))} of line ${line} is not closed`;
    const fits = closing === CLOSE_BRACE ? '"}"' : '"]"';
    return { offset, what, given: tokenAt(text, offset), fits, isTooDeep: false };
  };

  for (let token: number = scanner.scan(); token !== END; token = scanner.scan()) {
    const offset = scanner.getTokenOffset();
    if (token === OPEN_BRACE || token === OPEN_BRACKET) {
      open.push({ offset, closing: token === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET });
      if (open.length <= DEEPEST) continue;
      const what = 'the file is nested too deep';
      return { offset, what, given: text.charAt(offset), fits: `at most ${DEEPEST} levels`, isTooDeep: true };
    }
    if (token !== CLOSE_BRACE && token !== CLOSE_BRACKET) continue;
    // one too many: the parser says so
    if (open.length === 0) return undefined;
    if (open.at(-1)?.closing !== token) return unclosed(offset);
    open.pop();
  }
  return open.length === 0 ? undefined : unclosed(text.trimEnd().length);
};
