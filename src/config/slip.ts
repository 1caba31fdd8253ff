import type { ParseError } from 'jsonc-parser';
import { oneLine } from './given.ts';
import { HIDDEN, isSecret } from './secrets.ts';

/** Something in a text that strict JSON has no room for. */
export interface Slip {
  readonly offset: number;
  readonly what: string;
  readonly given: string;
  readonly fits: string;
}

/** The codes of jsonc-parser's errors; its const enum does not exist at run time. */
export const CODES = {
  propertyNameExpected: 3,
  valueExpected: 4,
  colonExpected: 5,
  commaExpected: 6,
  closeBraceExpected: 7,
  closeBracketExpected: 8,
  endExpected: 9,
  comment: 10,
  unendedComment: 11,
  unendedString: 12,
  unendedNumber: 13,
  badUnicode: 14,
  badEscape: 15,
  badCharacter: 16,
} as const;

const A_VALUE = 'a text in double quotes, a number, true, false, [ … ] or { … }';

/** A key whose value stands behind it, in the same line. */
const KEY_BEFORE = /"([^"\r\n]*)"\s*:\s*$/;

/** What stands at an offset: a text, a word or one character; blanks do not count, and what may be a secret is hidden. */
export const tokenAt = (text: string, offset: number): string => {
  const [, key] = KEY_BEFORE.exec(text.slice(Math.max(0, offset - 200), offset)) ?? [];
  if (key !== undefined && isSecret([key])) return `"${HIDDEN}"`;
  const token = /^\s*("[^"\r\n]*"?|[^\s,:{}[\]]+|[,:{}[\]])/.exec(text.slice(offset, offset + 200))?.[1];
  return token === undefined ? 'the end of the file' : oneLine(token);
};

/** An error of the parser in words. */
export const slipOf = (text: string, { error, offset }: ParseError): Slip => {
  const given = tokenAt(text, offset);
  const slip = (what: string, fits: string): Slip => ({ offset, what, given, fits });
  const code: number = error;
  switch (code) {
    case CODES.comment:
    case CODES.unendedComment:
      return slip('comments have no place in JSON', 'a line without it');
    case CODES.commaExpected:
      return slip('a comma is missing before this', `, ${given}`);
    case CODES.colonExpected:
      return slip('a colon is missing after the key', `: ${given}`);
    case CODES.endExpected:
      return slip('there is more after the end', 'one value and nothing behind it');
    case CODES.closeBraceExpected:
      return slip('an object is not closed', '"}"');
    case CODES.closeBracketExpected:
      return slip('a list is not closed', '"]"');
    case CODES.unendedString:
      return slip('a text has no closing quote', '"…" in one line');
    case CODES.unendedNumber:
      return slip('a number is cut short', 'digits');
    case CODES.badUnicode:
    case CODES.badEscape:
      return slip('an escape that JSON does not know', '\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000');
    case CODES.badCharacter:
      return slip('a control character in a text', 'an escape such as \\t or \\n');
    case CODES.propertyNameExpected:
      return slip('a key in double quotes is missing', '"key": value');
    case CODES.valueExpected:
      return slip('a value is missing', A_VALUE);
    default:
      return strayOf(text, offset);
  }
};

/** Something that is no JSON at all; other languages spell it so. */
const strayOf = (text: string, offset: number): Slip => {
  const given = tokenAt(text, offset);
  const slip = (what: string, fits: string): Slip => ({ offset, what, given, fits });
  if (given.startsWith("'")) {
    const inner = /^'([^'\r\n]{0,50})'/.exec(text.slice(offset, offset + 60))?.[1];
    return slip('texts stand in double quotes', inner === undefined ? '"…"' : oneLine(JSON.stringify(inner)));
  }
  if (/^(?:true|false|null)$/i.test(given)) return slip('written in lower case in JSON', given.toLowerCase());
  if (/^[-+.]?[\d.]/.test(given))
    return slip('a number that JSON does not know', 'digits such as 8086 or 0.5');
  if (/^[\p{L}_$]/u.test(given)) {
    const isKey = /^[^\s,:{}[\]]+\s*:/.test(text.slice(offset, offset + 200));
    return slip(`${isKey ? 'keys' : 'texts'} stand in double quotes`, JSON.stringify(given));
  }
  return slip('this is no JSON', A_VALUE);
};
