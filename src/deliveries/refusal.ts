import type { Reply } from '../model/reply.ts';

/** Statuses of requests that are never sent on. */
export type RefusalStatus = 400 | 404 | 405 | 421 | 426;

/** One sentence each, and nothing of what the visitor sent: what is not repeated cannot be abused. */
const SENTENCES: Readonly<Record<RefusalStatus, string>> = {
  400: 'This request cannot be sent on: its target or its Host header is not in order.',
  404: 'There is nothing here.',
  405: 'This method is not answered here.',
  421: 'This server does not answer for the host name that was asked for.',
  426: 'This server only sends visitors on and cannot carry a WebSocket; open it at the server you were sent to.',
};

const EXTRAS: Partial<Readonly<Record<RefusalStatus, readonly string[]>>> = {
  405: ['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
  // RFC 9110 §15.5.22 wants the protocol named that would do: plain HTTP, which is sent on.
  426: ['Upgrade', 'HTTP/1.1'],
};

const refuse = (status: RefusalStatus, extras = EXTRAS[status] ?? []): Reply => ({
  status,
  headers: [
    'Content-Type',
    'text/plain; charset=utf-8',
    'Cache-Control',
    'no-store',
    'X-Content-Type-Options',
    'nosniff',
    ...extras,
  ],
  body: `${SENTENCES[status]}\n`,
});

const REFUSALS: Readonly<Record<RefusalStatus, Reply>> = {
  400: refuse(400),
  404: refuse(404),
  405: refuse(405),
  421: refuse(421),
  426: refuse(426),
};

/** The answer to a request that is refused: one sentence, made beforehand, so that a flood of them costs little. */
export const refusal = (status: RefusalStatus): Reply => REFUSALS[status];

/**
 * The answer to whoever fetches in advance what changes something: a browser throws away what it got so, and asks when it
 * is wanted.
 */
export const notYet: Reply = { status: 503, headers: ['Cache-Control', 'no-store'] };

/** The answer to whoever wants to do more with a file than to read it. */
export const readOnly: Reply = refuse(405, ['Allow', 'GET, HEAD']);
