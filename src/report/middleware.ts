import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Instant } from '../model/clock.ts';
import { cookieValues } from '../model/cookie-values.ts';
import { allow } from './allow.ts';
import { answerWith, refuse } from './answer.ts';
import { isCheck } from './is-check.ts';
import { isSuccess } from './is-success.ts';
import { ActionableError } from '../errors.ts';
import { createVisitors } from './visitors.ts';
import { createWork } from './work.ts';

/** How a reporter in an app is set up. */
export interface ReporterOptions {
  /** name of the primary's affinity cookie; absent: `usher` */
  readonly cookie?: string;
  /** address ranges that may ask for the figures, besides loopback; absent: everybody whom the app lets through */
  readonly allow?: readonly string[];
}

/** Counts what an app does, and tells it. */
export interface Reporter {
  /** Counts a request and hands it on. Belongs before everything that shall be counted. */
  readonly middleware: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  /** Answers with the figures, as the `json` load reader wants them. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Sessions are looked through anew at most this often: whoever asks all the time costs no more. */
const FRESH_MS = 250;

/** A request under way that counts. */
interface Counted {
  readonly end: () => void;
}

/**
 * Counts requests of a Node app from inside: exactly, by the monotonic clock. The primary's own checks are not counted.
 * Sessions are told apart by the visitor's address, agent and affinity cookie.
 *
 * @throws ActionableError where `allow` holds what is no address range
 */
export const createReporter = (options: ReporterOptions, clock: Clock): Reporter => {
  const { cookie = 'usher' } = options;
  const isAllowed = options.allow === undefined ? () => true : allow(options.allow);
  if (isAllowed === undefined) {
    throw new ActionableError(
      `${JSON.stringify(options.allow)} holds what is no address range.`,
      'Give a list such as ["192.168.1.0/24", "2001:db8::1"].',
    );
  }
  const work = createWork();
  const visitors = createVisitors();
  const counted = new WeakMap<IncomingMessage, Counted>();
  let done = 0;
  let sessions = 0;
  let countedAt = -Infinity;

  const sessionsAt = (at: Instant): number => {
    if (at - countedAt > FRESH_MS) {
      sessions = visitors.sessions(at);
      countedAt = at;
    }
    return sessions;
  };

  return {
    middleware: (request, response, next) => {
      if (!isCheck(request.headers['user-agent']) && !counted.has(request)) {
        const mark = visitors.come(visitorOf(request, cookie), clock.now());
        work.begin(clock.now());
        let isOver = false;
        const end = (): void => {
          if (isOver) return;
          isOver = true;
          work.end(clock.now());
          visitors.go(mark, clock.now());
        };
        counted.set(request, { end });
        response.once('close', () => {
          if (!isOver && response.writableFinished && isSuccess(response.statusCode)) done += 1;
          end();
        });
      }
      next();
    },
    handler: (request, response) => {
      // whoever asks how busy it is adds nothing to the answer
      counted.get(request)?.end();
      if (!isAllowed(request.socket.remoteAddress)) {
        refuse(response, 403);
        return;
      }
      const at = clock.now();
      answerWith(request, response, {
        running: work.running(),
        sessions: sessionsAt(at),
        busySeconds: work.busySeconds(at),
        done,
        started: visitors.started(),
      });
    },
  };
};

/** More of what visitors send tells nobody apart. */
const LONGEST = 1_024;

const visitorOf = (
  request: IncomingMessage & { readonly ip?: string | undefined },
  cookie: string,
): string => {
  const { headers, ip, socket } = request;
  const agent = (headers['user-agent'] ?? '').slice(0, LONGEST);
  return [ip ?? socket.remoteAddress ?? '', agent, cookieIn(headers.cookie ?? '', cookie)].join('\n');
};

/** The value of a cookie, also of the one that it is over TLS. */
const cookieIn = (header: string, name: string): string => {
  const [value = ''] = [name, `__Host-${name}`].flatMap((each) => cookieValues(header, each));
  return value.slice(0, LONGEST);
};
