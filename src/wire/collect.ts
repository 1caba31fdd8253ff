import type { Dispatcher } from 'undici';
import { failed, failureOf } from './failure.ts';
import { spareStacks } from './spare-stacks.ts';
import type { Failed, HttpAnswer } from './wire.ts';

/** Interim answers (RFC 9110 section 15.2) before the real one; more are a joke. */
const MOST_INTERIM = 16;

/** An answer that is being put together. */
export interface Collecting {
  readonly listener: Dispatcher.DispatchHandler;
  /** whether its whole head is there */
  readonly begun: () => boolean;
}

/**
 * Puts an HTTP answer together as undici hands it over.
 *
 * @param mostBytes of the body
 * @param whenLonger `refuse` fails as too large; `cut` takes the beginning for the answer
 */
export const collect = (
  mostBytes: number,
  whenLonger: 'refuse' | 'cut',
  settle: (end: HttpAnswer | Failed) => void,
): Collecting => {
  let status = 0;
  let headers: Record<string, string> = {};
  const chunks: Buffer[] = [];
  let bytes = 0;
  let interim = 0;

  const body = (): string => Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');

  const listener: Dispatcher.DispatchHandler = {
    onRequestStart: () => undefined,
    onResponseStart: (_, code, fields) => {
      if (code < 200) {
        interim += 1;
        if (interim > MOST_INTERIM) settle(failed('garbage', `more than ${MOST_INTERIM} interim answers`));
        return;
      }
      status = code;
      headers = joined(fields);
    },
    onResponseData: (_, chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= mostBytes) return;
      settle(
        whenLonger === 'cut'
          ? { ok: true, status, headers, body: body(), cut: true }
          : failed('too-large', `HTTP ${status} with a body of more than ${mostBytes} bytes`),
      );
    },
    onResponseEnd: () => {
      spareStacks();
      settle({ ok: true, status, headers, body: body() });
    },
    onResponseError: (_, error) => {
      settle(failureOf(error));
    },
  };
  return { listener, begun: () => status !== 0 };
};

const joined = (fields: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> => {
  // no prototype: a header may be called __proto__
  const headers = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return headers;
};
