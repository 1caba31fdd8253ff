import type { AccessFacts } from './access-facts.ts';

/**
 * Begins a log: gives what makes the line of an answer in Apache's combined format, with ` usher=ID reason=WORD` behind it
 * and a newline. Nothing that a visitor sends can end the line or a quoted part of it.
 */
export const lineFormat = (): ((facts: AccessFacts) => string) => {
  const openingOf = rememberingOpening();
  const answerOf = rememberingAnswer();
  return (facts) => {
    const begin = word(facts.visitor) + openingOf(facts.atMs);
    if (facts.method === '') return `${begin}-" ${facts.status} - "-" "-" usher=- reason=${facts.reason}\n`;
    const asked = begin + word(facts.method) + ' ' + word(facts.url);
    const from = plain(facts.referer) + '" "' + plain(facts.userAgent) + '" usher=';
    const decided = word(facts.secondary) + ' reason=' + word(facts.reason);
    const named = facts.decision === undefined ? '\n' : ` decision=${facts.decision}\n`;
    return asked + answerOf(facts) + from + decided + named;
  };
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

/** ` - - [10/Oct/2000:13:55:36 +0000] "`; made once a second, not once a line. */
const rememberingOpening = (): ((atMs: number) => string) => {
  let known = NaN;
  let opening = '';
  return (atMs) => {
    const second = Math.floor(atMs / 1_000);
    if (second === known) return opening;
    const [date = '', time = ''] = new Date(second * 1_000).toISOString().split(/[T.]/);
    const [year = '', month = '', day = ''] = date.split('-');
    known = second;
    opening = ` - - [${day}/${MONTHS[Number(month) - 1] ?? month}/${year}:${time} +0000] "`;
    return opening;
  };
};

/** ` HTTP/1.1" 302 - "`; made anew only where it is not as in the line before. */
const rememberingAnswer = (): ((facts: AccessFacts) => string) => {
  let known: Pick<AccessFacts, 'version' | 'status' | 'bytes'> = { version: '', status: 0, bytes: 0 };
  let answer = '';
  return ({ version, status, bytes }) => {
    if (version === known.version && status === known.status && bytes === known.bytes) return answer;
    known = { version, status, bytes };
    answer = ` HTTP/${word(version)}" ${status} ${bytes === 0 ? '-' : bytes} "`;
    return answer;
  };
};
