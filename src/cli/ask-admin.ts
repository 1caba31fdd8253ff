import { http } from '../node-http.ts';
import { doorUrl } from '../config/door-url.ts';
import { ActionableError } from '../errors.ts';

/** Where the admin door of a running Usher is. */
export interface AdminPlace {
  readonly host: string;
  readonly port: number;
}

export interface AdminQuestion extends AdminPlace {
  readonly path: string;
  readonly password?: string;
  /** absent: it is only looked at */
  readonly change?: {
    readonly method: 'PATCH';
    /** the state of the config that it is meant for, as the door named it */
    readonly ifMatch: string;
    readonly body: unknown;
  };
}

export interface AdminAnswer {
  readonly status: number;
  readonly body: string;
}

/** Nobody listens where the admin door should be. */
export class NotRunning extends ActionableError {
  constructor(url: string) {
    super(
      `Usher is not running: nobody listens at ${url}.`,
      'Start it with "usher start", or name the config it was started with by --config.',
    );
    this.name = 'NotRunning';
  }
}

/** A door that is busy says something within this. The whole answer may take longer: of 10,000 secondaries, on a busy machine. */
const SILENCE_MS = 10_000;

/** The status of 10,000 secondaries takes 8 MiB. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Asks the admin door of a running Usher.
 *
 * @throws ActionableError when nobody answers there
 */
export const askAdmin = async (question: AdminQuestion): Promise<AdminAnswer> => {
  const url = doorUrl('http', question);
  try {
    return await request(new URL(question.path, url), question);
  } catch (error) {
    throw notThere(error as NodeJS.ErrnoException, url);
  }
};

const request = (url: URL, { password, change }: AdminQuestion): Promise<AdminAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<AdminAnswer>();
  const asked = http.request(
    url,
    {
      agent: false,
      timeout: SILENCE_MS,
      method: change?.method ?? 'GET',
      headers: {
        ...(password === undefined
          ? {}
          : { Authorization: `Basic ${Buffer.from(`usher:${password}`).toString('base64')}` }),
        ...(change === undefined ? {} : { 'If-Match': change.ifMatch, 'Content-Type': 'application/json' }),
      },
    },
    (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MOST_BYTES) response.destroy(new Error('the answer does not end'));
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    },
  );
  asked.on('timeout', () => {
    asked.destroy(new Error(`nothing came within ${String(SILENCE_MS / 1000)} s`));
  });
  asked.on('error', reject);
  asked.end(change === undefined ? undefined : JSON.stringify(change.body));
  return promise;
};

const notThere = (error: NodeJS.ErrnoException, url: string): ActionableError =>
  error.code === 'ECONNREFUSED'
    ? new NotRunning(url)
    : new ActionableError(
        `Usher does not answer at ${url}: ${error.message}.`,
        'Look whether another program has that port ("ss -ltnp"), and what the journal of Usher says.',
      );
