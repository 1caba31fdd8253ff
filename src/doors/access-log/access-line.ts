import type { AccessFacts } from './access-facts.ts';

/**
 * The line of an answer in Apache's combined format, with ` usher=ID reason=WORD` behind it and a newline. Nothing that a
 * visitor sends can end the line or a quoted part of it.
 */
export const formatLine = (facts: AccessFacts): string => {
  const who = `${word(facts.visitor)} - - [${timeOf(facts.atMs)}]`;
  const request = `"${word(facts.method)} ${word(facts.url)} HTTP/${word(facts.version)}"`;
  const answer = `${facts.status} ${facts.bytes === 0 ? '-' : facts.bytes}`;
  const from = `"${plain(facts.referer)}" "${plain(facts.userAgent)}"`;
  const named = facts.decision === undefined ? '' : ` decision=${facts.decision}`;
  return `${who} ${request} ${answer} ${from} usher=${word(facts.secondary)} reason=${word(facts.reason)}${named}\n`;
};

/** The longest that a part of a line gets, escapes included. */
const LONGEST = 2_048;

const UNSAFE = /["\\\u0000-\u001f\u007f-\uffff]/;
const UNSAFE_IN_WORD = /["\\\u0000-\u0020\u007f-\uffff]/;

/** A text between quotes: everything but visible ASCII and spaces escaped as `\xHH`, cut at 2 kB; `-` for none. */
const plain = (text: string): string => {
  if (text === '') return '-';
  return text.length <= LONGEST && !UNSAFE.test(text) ? text : escaped(text, UNSAFE);
};

/** The same without spaces. */
const word = (text: string): string => {
  if (text === '') return '-';
  return text.length <= LONGEST && !UNSAFE_IN_WORD.test(text) ? text : escaped(text, UNSAFE_IN_WORD);
};

const escaped = (text: string, unsafe: RegExp): string => {
  let safe = '';
  for (const byte of bytesOf(text.slice(0, LONGEST))) {
    const character = String.fromCharCode(byte);
    const next = unsafe.test(character) ? `\\x${byte.toString(16).padStart(2, '0')}` : character;
    if (safe.length + next.length > LONGEST) break;
    safe += next;
  }
  return safe;
};

/** What came over the wire: Node reads heads as Latin-1; what is beyond that was decoded since, and is UTF-8 again. */
const bytesOf = (text: string): Buffer =>
  Buffer.from(text, /^[\u0000-\u00ff]*$/.test(text) ? 'latin1' : 'utf8');

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

let knownSecond = NaN;
let knownTime = '';

/** `10/Oct/2000:13:55:36 +0000`; made once a second, not once a line. */
const timeOf = (atMs: number): string => {
  const second = Math.floor(atMs / 1_000);
  if (second === knownSecond) return knownTime;
  const [date = '', time = ''] = new Date(second * 1_000).toISOString().split(/[T.]/);
  const [year = '', month = '', day = ''] = date.split('-');
  knownSecond = second;
  knownTime = `${day}/${MONTHS[Number(month) - 1] ?? month}/${year}:${time} +0000`;
  return knownTime;
};
