import type { IncomingMessage } from 'node:http';
import type { Dispatcher, Pool } from 'undici';
import type { Origin, Secondary } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';
import type { Passage } from './budget.ts';
import type { Answered } from './headers.ts';

/** One visit to be carried. */
export interface Freight {
  readonly request: IncomingMessage;
  readonly visit: Visit;
  readonly to: Secondary;
  /** scheme, host and port under which the visitor came */
  readonly own: Origin;
  /** value of a `Set-Cookie` header that he gets with the answer; the secondary sees it already */
  readonly cookie: string | undefined;
  /** value of another one, by which he is carried on */
  readonly grant: string | undefined;
}

/** How it went. But for `done`, nothing was sent to the visitor yet. */
export type Passed =
  /** status: `LEFT` where the visitor did before he got one */
  | { readonly kind: 'done'; readonly status: number; readonly bytes: number }
  /** the budget is used up */
  | { readonly kind: 'full' }
  /** the secondary got nothing of it: another one may be asked */
  | { readonly kind: 'unreachable' }
  /**
   * the secondary may have got it, and gave no answer that could be passed on; late: it was waited for in vain; lost: it
   * changes nothing (RFC 9110 §9.2.2) and its connection was cut, perhaps one that had stood by, so it may be asked again
   */
  | { readonly kind: 'unanswered'; readonly isLate: boolean; readonly isLost: boolean };

/** He left before there was an answer: no status was sent, and this is how nginx calls it in its logs. */
export const LEFT = 499;

/** A visit with the way that it takes. */
export interface Journey {
  readonly freight: Freight;
  readonly pool: Pool;
  readonly passage: Passage;
  /** the headers of his request as the secondary gets them, names and values in turn */
  readonly onward: readonly string[];
  /** The headers of the secondary's answer as he gets them. */
  readonly backward: (answered: Answered) => readonly string[];
  /** how long nothing may be said */
  readonly idleMs: number;
  /** how long an answer may take to begin */
  readonly answerMs: number;
}

/** Sends a request; whatever is wrong with it is told to the handler. */
export const dispatched = (
  pool: Pool,
  options: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): void => {
  try {
    pool.dispatch(options, handler);
  } catch (error) {
    // A head that this side of the relay would not write.
    handler.onResponseError?.(undefined as never, error as Error);
  }
};

/** Why the secondary's answer did not come; begun: it may have got something of the request. */
export const failedBy = (
  { code }: Error & { readonly code?: string },
  { isBegun, isSafe }: { readonly isBegun: boolean; readonly isSafe: boolean },
): Passed => {
  if (!isBegun) return { kind: 'unreachable' };
  const isLate = code === 'UND_ERR_HEADERS_TIMEOUT';
  return { kind: 'unanswered', isLate, isLost: isSafe && !isLate };
};
