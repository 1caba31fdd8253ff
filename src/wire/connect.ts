import type { LookupFunction } from 'node:net';
import { attempt } from './attempt.ts';
import { dial } from './dial.ts';
import { failureOf } from './failure.ts';
import type { Failed, Wire } from './wire.ts';

/** The longest answer that is read. */
const MOST_BYTES = 4096;

/**
 * Opens a TCP connection and closes it again; reads an answer first, where one is wanted.
 *
 * @param until aborted when this process stops
 */
export const connect = (
  { host, port, timeoutMs, family = 'any', read, say }: Parameters<Wire['connect']>[0],
  lookup: LookupFunction,
  until: AbortSignal,
): Promise<{ readonly ok: true; readonly text: string } | Failed> =>
  attempt<{ ok: true; text: string }>(timeoutMs, until, (settle) => {
    let doing = 'connecting';
    const chunks: Buffer[] = [];
    const text = (): string => Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8');

    const socket = dial({ host, port, family }, lookup, (error) => {
      if (error !== null) {
        settle(failureOf(error));
        return;
      }
      doing = 'the answer';
      if (say !== undefined) socket.write(say);
      if (read !== true) settle({ ok: true, text: '' });
    });
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MOST_BYTES || chunk.includes('\n')) settle({ ok: true, text: text() });
    });
    socket.on('end', () => {
      settle({ ok: true, text: text() });
    });
    socket.on('error', (error) => {
      settle(failureOf(error));
    });

    return { doing: () => doing, stop: () => socket.destroy() };
  });
