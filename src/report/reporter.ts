import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { doorUrl } from '../config/door-url.ts';
import { ActionableError } from '../errors.ts';
import type { Reading } from '../loads/load-reader.ts';
import type { Clock } from '../model/clock.ts';
import type { Wire } from '../wire/wire.ts';
import type { IsAllowed } from './allow.ts';
import { answerWith, refuse } from './answer.ts';
import type { Figures } from './figures.ts';
import { followLog } from './follow-log.ts';
import { createLogCounts, type LogComplaint } from './log-counts.ts';
import { createStatus, type StatusPage } from './status.ts';

/** What the operator of a reporter is told. */
export type ReporterEvent =
  | { readonly type: 'started'; readonly version: string; readonly urls: readonly string[] }
  | { readonly type: 'stopped'; readonly because: string }
  /** a source of figures fails: they are not told; then that it is back */
  | { readonly type: 'source-lost'; readonly source: string; readonly because: string }
  | { readonly type: 'source-found'; readonly source: string }
  | { readonly type: 'log-odd'; readonly log: string; readonly because: string }
  | { readonly type: 'bug'; readonly where: string; readonly error: string };

export interface ReporterDoor {
  readonly listen: { readonly host: string; readonly port: number };
  readonly isAllowed: IsAllowed;
  /** at least one of the two */
  readonly status?: StatusPage;
  readonly log?: string;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly tell: (event: ReporterEvent) => void;
}

/** A reporter at work. */
export interface RunningReporter {
  /** of the figures */
  readonly url: string;
  /** Asks the status page now, and tells of it as when somebody asks; what it says, `undefined` where there is none. */
  readonly look: () => Promise<Reading | undefined>;
  readonly stop: () => Promise<void>;
}

const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8_192,
};

/** A few primaries, and whoever looks. */
const MOST_CONNECTIONS = 64;

const PATHS: ReadonlySet<string> = new Set(['/', '/load.json']);

const COMPLAINTS: Readonly<Record<LogComplaint, string>> = {
  'not-understood': 'its lines are neither in common nor in combined format',
  'without-durations':
    'its lines do not end with the time that an answer took, so busySeconds is not told: add %D to Apache’s LogFormat, or $request_time to nginx’s log_format',
};

/**
 * Starts a reporter: serves the figures of the web server on this machine, as JSON that the `json` load reader reads.
 *
 * @throws ActionableError where the port cannot be had, or the log not be read
 */
export const startReporter = async (options: ReporterDoor): Promise<RunningReporter> => {
  const { listen, isAllowed, log, wire, clock, tell } = options;
  const lost = new Set<string>();
  const note = (source: string, because: string | undefined): void => {
    if (because === undefined && lost.delete(source)) tell({ type: 'source-found', source });
    if (because === undefined || lost.has(source)) return;
    lost.add(source);
    tell({ type: 'source-lost', source, because });
  };

  const counts = createLogCounts(clock, (what) => {
    tell({ type: 'log-odd', log: log ?? '', because: COMPLAINTS[what] });
  });
  const followed = log === undefined ? undefined : await followLog({ path: log, clock, onLine: counts.take });
  const ask = options.status === undefined ? undefined : createStatus(options.status, wire);

  const look = async (): Promise<Reading | undefined> => {
    const reading = await ask?.();
    if (reading !== undefined) note(options.status?.kind ?? '', reading.ok ? undefined : reading.detail);
    return reading;
  };

  const figures = async (): Promise<{ readonly told: Figures; readonly troubles: readonly string[] }> => {
    const reading = await look();
    const trouble = followed?.trouble();
    if (log !== undefined) note(log, trouble);
    const troubles = [
      ...(reading?.ok === false ? [`${options.status?.kind ?? ''}: ${reading.detail}`] : []),
      ...(trouble === undefined ? [] : [`${log ?? ''}: ${trouble}`]),
    ];

    const { running, utilization, answered, busySeconds } = reading?.ok === true ? reading.report : {};
    return {
      troubles,
      told: {
        ...(running === undefined ? {} : { running }),
        ...(utilization === undefined ? {} : { utilization }),
        // one source a counter, always the same: else it would jump
        ...(log !== undefined || answered === undefined ? {} : { answered }),
        ...(log !== undefined || busySeconds === undefined ? {} : { busySeconds }),
        ...(log === undefined || trouble !== undefined ? {} : counts.figures()),
      },
    };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refusalOf(request, isAllowed);
    if (refusal !== undefined) {
      refuse(response, refusal);
      return;
    }
    const { told, troubles } = await figures();
    if (Object.keys(told).length > 0) answerWith(request, response, told);
    else refuse(response, 503, troubles.join('; '));
  };

  const server = createServer(LIMITS, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      tell({ type: 'bug', where: 'reporter', error: String(error) });
      response.destroy();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  await open(server, listen).catch(async (error: unknown) => {
    await followed?.stop();
    throw error;
  });

  return {
    url: `${doorUrl('http', { host: listen.host, port: (server.address() as AddressInfo).port })}load.json`,
    look,
    stop: async () => {
      await Promise.all([close(server), followed?.stop()]);
    },
  };
};

const refusalOf = (
  { method = '', url = '', socket }: IncomingMessage,
  isAllowed: IsAllowed,
): 403 | 404 | 405 | undefined => {
  if (!isAllowed(socket.remoteAddress)) return 403;
  if (method !== 'GET' && method !== 'HEAD') return 405;
  return PATHS.has(url.split('?', 1)[0] ?? '') ? undefined : 404;
};

const REASONS: Readonly<Partial<Record<string, string>>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this user may not listen there',
  ENOTFOUND: 'nobody knows this name',
};

const open = (server: Server, { host, port }: ReporterDoor['listen']): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      reject(
        new ActionableError(
          `The reporter cannot listen on ${host}, port ${port}: ${REASONS[code] ?? message}.`,
          'Name another address with --listen, such as --listen 127.0.0.1:8078.',
        ),
      );
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
