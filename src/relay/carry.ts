import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, type Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { isPlainQuestion } from '../deliveries/plain-question.ts';
import type { Clock } from '../model/clock.ts';
import type { Passage } from './budget.ts';
import { dispatched, failedBy, LEFT, type Journey, type Passed } from './freight.ts';
import { LONGEST_HUSH_MS, portionsOf, writeMetered } from './metered.ts';
import { createPace } from './pace.ts';

/** Whoever has closed his half of the connection may only have said all he wants to say, or be gone: then so is his place. */
const HALF_CLOSED_MS = 2000;

export interface CarryParts {
  readonly clock: Clock;
  /**
   * The request is a WebSocket's handshake. This goes on, with the headers of the answer, where the secondary takes it,
   * and resolves with how many bytes came from there.
   */
  readonly open?: (headers: readonly string[], upstream: Duplex) => Promise<number>;
}

/** Carries a request to its secondary and the answer back, as it comes. */
export const carry = (
  response: ServerResponse,
  journey: Journey,
  { clock, open }: CarryParts,
): Promise<Passed> => {
  const { freight, pool, passage, onward, backward, idleMs, answerMs } = journey;
  const { request, visit } = freight;
  const { promise, resolve } = Promise.withResolvers<Passed>();
  let controller: Dispatcher.DispatchController | undefined;
  let isGone = false;
  let isBegun = false;
  let bytes = 0;
  let writing: Promise<void> | undefined;

  const done = (): void => {
    resolve({ kind: 'done', status: response.headersSent ? response.statusCode : LEFT, bytes });
  };
  const finish = (): void => {
    isGone = true;
    if (!response.writableFinished) controller?.abort(new Error('the visitor is gone'));
    done();
  };
  response.once('close', finish);
  const tooSlow = (): void => {
    response.destroy();
  };
  const stillMs = Math.max(idleMs, answerMs + 1000, LONGEST_HUSH_MS);
  response.setTimeout(stillMs, tooSlow);
  const halfClosed = (): void => {
    response.setTimeout(HALF_CLOSED_MS);
  };
  const { socket } = request;
  socket.once('end', halfClosed);
  response.once('close', () => socket.off('end', halfClosed));
  /** Nothing of the visitor is waited for here any more. */
  const letGo = (): void => {
    response.off('close', finish);
    socket.off('end', halfClosed);
    response.setTimeout(0);
  };

  const fail = (error: Error): void => {
    letGo();
    if (response.headersSent || isGone) {
      response.destroy();
      done();
      return;
    }
    const isSafe = open === undefined && isPlainQuestion(visit.method) && !hasBody(request);
    resolve(failedBy(error, { isBegun, isSafe }));
  };

  const begun = (): void => {
    if (request.headers.expect !== undefined) response.writeContinue();
  };
  /** Nobody else reads what comes on after a handshake: he would neither be seen to leave, nor get all of his answer. */
  const refused = (): void => {
    socket.resume();
    const late = setTimeout(tooSlow, stillMs);
    response.once('close', () => {
      clearTimeout(late);
    });
  };

  dispatched(
    pool,
    {
      path: visit.target,
      method: visit.method,
      headers: [...onward],
      upgrade: open === undefined ? null : 'websocket',
      body: hasBody(request)
        ? Readable.from(paced(request, { passage, clock, begun, tooSlow }), { objectMode: false })
        : null,
    },
    {
      onRequestStart: (given) => {
        controller = given;
        isBegun = true;
        if (isGone) given.abort(new Error('the visitor is gone'));
      },
      // undici tells an upgrade by four things.
      // eslint-disable-next-line @typescript-eslint/max-params
      onRequestUpgrade: (_, status, answered, upstream) => {
        letGo();
        void open?.(backward(answered), upstream).then((came) => {
          resolve({ kind: 'done', status, bytes: came });
        });
      },
      onResponseStart: (_, status, answered) => {
        if (status < 200) return;
        const headers = [...backward(answered)];
        passage.take(sizeOf(headers));
        response.writeHead(status, headers);
        if (open !== undefined) refused();
      },
      onResponseData: (given, chunk) => {
        bytes += chunk.length;
        writing = writeMetered(response, chunk, passage);
        if (writing === undefined) return;
        given.pause();
        void writing.then(() => {
          given.resume();
        });
      },
      onResponseEnd: () => {
        if (writing === undefined) response.end();
        else void writing.then(() => response.end());
      },
      onResponseError: (_, error) => {
        fail(error);
      },
    },
  );
  return promise;
};

/** How many bytes a head takes, about. */
export const sizeOf = (headers: readonly string[]): number =>
  headers.reduce((sum, each) => sum + each.length + 2, 0);

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

interface Pacing {
  readonly passage: Passage;
  readonly clock: Pick<Clock, 'now'>;
  readonly begun: () => void;
  readonly tooSlow: () => void;
}

/** A request's body, as fast as the budget lets it through; asked for when the secondary is there to take it. */
async function* paced(
  request: IncomingMessage,
  { passage, clock, begun, tooSlow }: Pacing,
): AsyncGenerator<Buffer, void, undefined> {
  begun();
  const keepsUp = createPace();
  let since = clock.now();
  // A secondary that answers before it has read everything must not cost the visitor his connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (!keepsUp(chunk.length, clock.now() - since)) {
      tooSlow();
      // An end would say that this was the whole of it.
      throw new Error('the body comes too slowly');
    }
    yield* portionsOf(chunk, passage);
    since = clock.now();
  }
}
