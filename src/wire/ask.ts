import type { LookupFunction, Socket } from 'node:net';
import { attempt } from './attempt.ts';
import { collect } from './collect.ts';
import { dial } from './dial.ts';
import { failed, failureOf } from './failure.ts';
import { placeOf } from './place.ts';
import type { Failed, HttpAnswer, HttpQuestion } from './wire.ts';

/** The longest body that is read, unless a question asks for more. */
const MOST_BYTES = 65_536;

/** The longest head: interim answers, status line and headers. */
const MOST_HEAD_BYTES = 32_768;

/** Bytes on the wire for one byte of a body in the most wasteful honest coding: chunks of one byte. */
const WASTE = 6;

/** Why a connection is closed whose question is settled; nobody hears it. */
const OVER = new Error('the question is settled');

/**
 * Asks once by HTTP/1.1, on a connection of its own: a check shall also test connecting, and what was heard from one
 * secondary cannot touch the next question. TLS certificates are verified.
 *
 * @param until aborted when this process stops
 */
export const ask = async (
  question: HttpQuestion,
  lookup: LookupFunction,
  until: AbortSignal,
): Promise<HttpAnswer | Failed> => {
  // only here, on the first question: 9 MB and a tenth of a second that a door thread never needs
  const { Client } = await import('undici');

  return attempt<HttpAnswer>(question.timeoutMs, until, (settle) => {
    const { at, path, method = 'GET', family = 'any', mostBytes = MOST_BYTES } = question;
    const { scheme, host, port } = placeOf(at);
    const secure =
      scheme === 'https'
        ? { secureFor: question.serverName ?? host, trusted: question.certificate ?? ('known' as const) }
        : {};
    const answer = collect(mostBytes, question.whenLonger ?? 'refuse', settle);
    let doing = 'connecting';
    let socket: Socket | undefined;

    const watch = (connected: Socket): void => {
      const begun = answer.begun();
      const most = MOST_HEAD_BYTES + (begun ? WASTE * mostBytes : 0);
      if (connected.bytesRead <= most) return;
      settle(failed('too-large', `more than ${most} bytes of ${begun ? 'padding' : 'head'}`));
    };

    const client = new Client(at, {
      pipelining: 0,
      allowH2: false,
      // `watch` comes first. Past its own limit undici makes an error for every further header of what it has just
      // read, and ten thousand of them hold this thread for a second.
      maxHeaderSize: 16 * MOST_HEAD_BYTES,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_, done) => {
        socket = dial({ host, port, family, ...secure }, lookup, (error, connected) => {
          if (error !== null) {
            done(error, null);
            return;
          }
          doing = 'the answer';
          // before undici's own listener, which takes a reset for the end of a body of untold length
          connected.on('error', (late) => {
            settle(failureOf(late));
          });
          done(null, connected);
          // after undici's own listener: what came is parsed by then
          connected.on('readable', () => {
            watch(connected);
          });
        });
      },
    });
    const headers = { 'user-agent': 'usher-check', accept: '*/*', ...lowered(question.headers) };
    client.dispatch({ path, method, headers, body: question.body ?? null }, answer.listener);

    return {
      doing: () => doing,
      stop: () => {
        // This order, and an error of ours: else undici makes two for every question, each with a stack.
        void client.destroy(OVER);
        socket?.destroy();
      },
    };
  });
};

const lowered = (headers: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
