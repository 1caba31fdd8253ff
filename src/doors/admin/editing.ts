import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { Change, Changed } from '../../config/editing/change.ts';
import type { Settings } from '../../config/settings.ts';
import type { Foreseen } from '../why/foresee.ts';
import type { Shown } from '../../config/editing/shown.ts';
import type { Journal } from '../../journal.ts';

/** How the config is looked at and changed. */
export interface Editing {
  readonly show: () => Promise<Shown>;
  /** @param onlyIf the tag of the files that the change is meant for */
  readonly change: (change: Change, onlyIf: string | undefined, how?: 'dry') => Promise<Changed>;
}

export interface EditingSources {
  readonly editing: Editing;
  /** what settings would do to the visitors; absent: nobody knows */
  readonly foresee?: (settings: Settings) => Promise<Foreseen | undefined>;
  /** mistakes of the config file as it is now */
  readonly mistakes: () => readonly string[];
  readonly journal: Journal;
  /** by which proof somebody came in; `undefined`: none was asked for */
  readonly cameBy: (request: IncomingMessage) => string | undefined;
}

/** By method and path: what may be asked of the config. */
export type EditingPages = Readonly<Record<string, Readonly<Record<string, RequestHandler>>>>;

/** Most bytes that a change may have. */
export const MOST_BYTES = '64kb';

/** No secondary is written deeper; printing what is would have no end. */
const DEEPEST = 12;

/** Changes that may wait for each other: each takes some tenths of a second. */
const MOST_WAITING = 16;

const STATUS = {
  broken: 409,
  'would-break': 422,
  reserved: 422,
  over: 422,
  outdated: 412,
  missing: 404,
  unwritable: 500,
  busy: 503,
} as const;

/** What a PATCH of a secondary may name. */
const SETTABLE: readonly string[] = ['state', 'until', 'weight'];

/** What is wrong with what somebody sent, in a sentence. */
interface No {
  readonly status: 400 | 422 | 428 | 503;
  readonly words: string;
}

/** The change that somebody means, or why it is none. */
type Read = { readonly change: Change } | No;

/** The pages by which the config is edited. */
export const editingPages = (sources: EditingSources): EditingPages => {
  const queue = createQueue();
  const changing = (read: Reader): RequestHandler => changer(sources, { read, queue });
  return {
    '/api/config': { get: showing(sources) },
    '/api/secondaries': { post: changing((secondary) => ({ change: { kind: 'add', secondary } })) },
    '/api/secondaries/:id': {
      patch: changing(readValues),
      delete: changing((_body, id) => ({ change: { kind: 'remove', id } })),
    },
    '/api/config/restore': { post: changing(readVersion) },
  };
};

/** Makes of what somebody sent a change. */
type Reader = (body: Body, id: string) => Read;

/** One change after the other. */
interface Queue {
  readonly isFull: () => boolean;
  readonly take: (task: () => Promise<Changed>) => Promise<Changed>;
}

const createQueue = (): Queue => {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    isFull: () => waiting >= MOST_WAITING,
    take: (task) => {
      waiting += 1;
      const turn = last.then(task).finally(() => {
        waiting -= 1;
      });
      last = turn.catch(() => undefined);
      return turn;
    },
  };
};

type Body = Readonly<Record<string, unknown>>;

const readValues = (values: Body, id: string): Read => {
  const keys = Object.keys(values);
  const strange = keys.find((key) => !SETTABLE.includes(key));
  if (strange !== undefined || keys.length === 0) {
    const given = strange === undefined ? 'nothing' : JSON.stringify(strange.slice(0, 60));
    return {
      status: 422,
      words: `Of a secondary, "state", "until" and "weight" can be set here; given ${given}.`,
    };
  }
  return { change: { kind: 'set', id, values } };
};

const readVersion = (body: Body): Read => {
  const { version } = body;
  return Number.isSafeInteger(version) && Object.keys(body).length === 1
    ? { change: { kind: 'restore', version: Number(version) } }
    : { status: 422, words: 'Which version? { "version": 17 } brings back number 17.' };
};

const showing =
  ({ editing, mistakes }: EditingSources): RequestHandler =>
  async (_request, response) => {
    const { tag, ...shown } = await editing.show();
    response.setHeader('ETag', `"${tag}"`);
    response.json({ ...shown, etag: `"${tag}"`, mistakes: mistakes() });
  };

const changer =
  (
    { editing, journal, foresee, cameBy }: EditingSources,
    { read, queue }: { readonly read: Reader; readonly queue: Queue },
  ): RequestHandler =>
  async (request, response) => {
    const asked = queue.isFull() ? FULL : readRequest(request, read);
    if (!('change' in asked)) {
      const { status, words } = asked;
      if (status === 503) response.setHeader('Retry-After', '5');
      response.status(status).json({ error: words });
      return;
    }
    const { change, onlyIf } = asked;
    const isDry = isDryRun(request.url);
    const changed = await queue.take(() =>
      editing.change(change, onlyIf, ...(isDry ? ['dry' as const] : [])),
    );
    if (isDry && changed.ok && changed.preview !== undefined) {
      const { preview, file, isNew } = changed;
      const foreseen = await foresee?.(preview.settings);
      response.json({ dryRun: true, file, isNew, diff: preview.diff, foreseen });
      return;
    }
    answer(response, changed);
    if (!changed.ok || !changed.isNew || isDry) return;
    const address = request.socket.remoteAddress ?? '';
    const by = cameBy(request);
    journal({
      ...{ type: 'config-edited', file: changed.file, what: whatOf(change), address },
      ...(by === undefined ? {} : { by }),
    });
  };

/** `?dry-run`: only what it would do. */
const isDryRun = (url: string): boolean =>
  url.includes('?') && new URLSearchParams(url.slice(url.indexOf('?'))).has('dry-run');

const FULL: No = { status: 503, words: 'Too many changes wait already. Try again.' };

const readRequest = (
  request: Request,
  read: Reader,
): No | { readonly change: Change; readonly onlyIf: string | undefined } => {
  const condition = conditionIn(request.headers['if-match']);
  if (condition === undefined) return { status: 428, words: NO_CONDITION };
  // Without a body there is nothing to parse, and Express leaves it undefined.
  const body: unknown = request.body === undefined ? {} : request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { status: 400, words: 'The body of a change is a JSON object.' };
  }
  if (isDeeperThan(DEEPEST, body)) return { status: 422, words: 'No secondary is nested that deep.' };
  const { id } = request.params;
  const asked = read(body as Body, typeof id === 'string' ? id : '');
  return 'change' in asked ? { ...asked, onlyIf: condition.tag } : asked;
};

const NO_CONDITION =
  'A change says for which state of the config it is meant: send the ETag of /api/config as If-Match.';

/**
 * What If-Match asks for (RFC 9110, 13.1.1): one tag, or `*` for whatever is there. A weak tag never matches, and of
 * several one cannot tell which was meant: both are held against the config as they are, and do not match.
 */
const conditionIn = (header: string | undefined): { readonly tag: string | undefined } | undefined => {
  const given = header?.trim() ?? '';
  if (given === '') return undefined;
  if (given === '*') return { tag: undefined };
  return { tag: /^"([^"]*)"$/.exec(given)?.[1] ?? given };
};

const isDeeperThan = (depth: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeperThan(depth - 1, inner)));

const answer = (response: Response, changed: Changed): void => {
  if (!changed.ok) {
    const { because, words, mistakes } = changed;
    if (because === 'busy') response.setHeader('Retry-After', '5');
    response.status(STATUS[because]).json({ error: words, mistakes });
    return;
  }
  const { tag, takenOut: _, ...told } = changed;
  response.setHeader('ETag', `"${tag}"`);
  response.json({ ...told, etag: `"${tag}"` });
};

/** The change in a few words, for the journal. */
const whatOf = (change: Change): string => {
  switch (change.kind) {
    case 'add':
      return 'a secondary added';
    case 'set':
      return `${change.id}: ${Object.entries(change.values)
        .map(([key, value]) => `${key} ${String(value)}`)
        .join(', ')}`;
    case 'remove':
      return `${change.id} removed`;
    case 'restore':
      return `version ${String(change.version)} brought back`;
  }
};
