import type { LookupFunction } from 'node:net';
import type { Client } from 'undici';
import { attempt } from './attempt.ts';
import { collect } from './collect.ts';
import { failed, failureOf } from './failure.ts';
import { lineTo, MOST_HEAD_BYTES, openLine, type Line } from './line.ts';
import type { Lines } from './lines.ts';
import type { Failed, HttpAnswer, HttpQuestion } from './wire.ts';

/** The longest body that is read, unless a question asks for more. */
const MOST_BYTES = 65_536;

/** Bytes on the wire for one byte of a body in the most wasteful honest coding: chunks of one byte. */
const WASTE = 6;

/**
 * Answers without a body, as that to HEAD is (RFC 9112 section 6.3): some servers send one all the same, a moment later,
 * and on a connection that was left it would be read as the next answer.
 */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** What questions are asked with. */
export interface AskingMeans {
  readonly lookup: LookupFunction;
  readonly lines: Lines;
}

/** Kept once it is there: a lookup among modules for every question costs as much as parsing the answer. */
let make: typeof Client | undefined;

/**
 * Asks once by HTTP/1.1, on a connection of its own: a check shall also test connecting, and what was heard from one
 * secondary cannot touch the next question. Only a question that says so goes over the connection that one before it
 * has left. TLS certificates are verified.
 *
 * @param until aborted when this process stops
 */
export const ask = async (
  question: HttpQuestion,
  { lookup, lines }: AskingMeans,
  until: AbortSignal,
): Promise<HttpAnswer | Failed> => {
  // only here, on the first question: 9 MB and a tenth of a second that a door thread never needs
  const made = (make ??= (await import('undici')).Client);

  return attempt<HttpAnswer>(question.timeoutMs, until, (settle) => {
    const to = question.line === undefined ? '' : lineTo(question);
    const found = question.line === 'take' ? lines.take(to) : undefined;
    const wantsLeaving = question.line === 'leave' && question.method !== 'HEAD';
    const open = (): Line => openLine(question, { lookup, make: made });
    let doing = 'connecting';
    let line = found ?? open();
    let mayBeLeft = false;

    const put = (end: (end: HttpAnswer | Failed) => void): void => {
      const { path, method = 'GET', mostBytes = MOST_BYTES } = question;
      const answer = collect(mostBytes, question.whenLonger ?? 'refuse', end);
      line.put({
        request: {
          path,
          method,
          headers: { 'user-agent': 'usher-check', accept: '*/*', ...lowered(question.headers) },
          body: question.body ?? null,
          reset: !wantsLeaving,
        },
        listener: answer.listener,
        connected: () => {
          doing = 'the answer';
        },
        broken: (error) => {
          end(failureOf(error));
        },
        came: (bytes) => {
          hasCome ||= bytes > 0;
          const begun = answer.begun();
          const most = MOST_HEAD_BYTES + (begun ? WASTE * mostBytes : 0);
          if (bytes > most)
            end(failed('too-large', `more than ${most} bytes of ${begun ? 'padding' : 'head'}`));
        },
      });
    };
    let hasCome = false;

    const conclude = (end: HttpAnswer | Failed): void => {
      mayBeLeft = wantsLeaving && end.ok && end.cut === undefined && !BODILESS.has(end.status);
      settle(end);
    };
    if (found === undefined) put(conclude);
    else {
      doing = 'the answer';
      let isOver = false;
      put((end) => {
        if (isOver) return;
        isOver = true;
        if (end.ok || end.failure !== 'reset' || hasCome) {
          conclude(end);
          return;
        }
        // It was closed while the question was on its way, as a web server may: that is no failure.
        line.close();
        doing = 'connecting';
        line = open();
        put(conclude);
      });
    }

    return {
      doing: () => doing,
      stop: () => {
        if (mayBeLeft) lines.leave(to, line);
        else line.close();
      },
    };
  });
};

const lowered = (headers: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const lower: Record<string, string> = {};
  for (const name in headers) lower[name.toLowerCase()] = headers[name] ?? '';
  return lower;
};
