import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { doorUrl } from '../config/door-url.ts';
import { isEveryAddress, isLoopback } from '../config/host-name.ts';
import { createDashboard, type DashboardSources } from '../dashboard/dashboard.ts';
import { createTally } from '../dashboard/tally.ts';
import { createMetrics, type MetricsSources } from '../dashboard/metrics.ts';
import { ActionableError } from '../errors.ts';
import type { Journal } from '../journal.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import { http } from '../node-http.ts';
import { ofSame, once } from '../once.ts';
import type { Editing } from './admin/editing.ts';
import { createGate, type GateOptions, type Refusal } from './admin/gate.ts';
import { createGuard, type Proofs } from './admin/guard.ts';
import { createRefusals } from './admin/refusals.ts';
import type { Settings } from '../config/settings.ts';
import type { Id } from '../model/secondary.ts';
import type { Explained, Undecided, Wanted } from './why/explain.ts';
import type { Foreseen } from './why/foresee.ts';
import type { WhyTeller } from './why/why.ts';
import { parsePasswordHash } from './admin/password.ts';
import { listenError } from './listen-errors.ts';

export interface AdminDoorOptions extends DashboardSources {
  /** where it listens until it is stopped, whatever the settings say later */
  readonly listen: { readonly host: string; readonly port: number };
  /** why the visitors of a secondary were sent there */
  readonly sentFor: MetricsSources['sentFor'];
  /** names of this machine under which the door is asked for; absent: those of the config */
  readonly names?: readonly string[];
  /** absent: there is no file that could be edited */
  readonly editing?: Editing;
  /** who tells why decisions were made; absent: nobody */
  readonly why?: () => Promise<WhyTeller>;
  /** what settings would do to the visitors; absent: nobody knows */
  readonly foresee?: (settings: Settings, boundTo: (id: Id) => number) => Promise<Foreseen>;
  /** the decision for a visitor who would come now; absent: nobody knows */
  readonly explain?: (wanted: Wanted) => Promise<Explained | Undecided>;
  /** called once a second, with the dashboard's pulse */
  readonly everySecond?: () => void;
  readonly journal: Journal;
}

/** An open admin door. */
export interface AdminDoor {
  /** where an operator's browser on this machine finds it */
  readonly url: string;
  /** Takes down the checks of a snapshot that has come. */
  readonly see: (pool: PoolSnapshot) => void;
  /** Ends open dashboards and closes the port. */
  readonly stop: () => Promise<void>;
}

const LIMITS = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1000,
  // Cookies of every port of the host arrive here too.
  maxHeaderSize: 32 * 1024,
  // The gate says what is wrong in words.
  requireHostHeader: false,
};

/** A hundred dashboards with a second connection each, and room for whoever wants to look why it is slow. */
const MOST_CONNECTIONS = 300;

const SECOND_MS = 1000;

/**
 * Opens the admin door: dashboard, API and metrics. The port is open at once; the packages behind it are loaded when
 * somebody first asks.
 *
 * @throws ActionableError when the port cannot be had, or the password is missing or not readable
 */
export const startAdminDoor = async (options: AdminDoorOptions): Promise<AdminDoor> => {
  const { listen, journal } = options;
  const gate = createGate({
    names: () => [...namesOf(listen.host), ...(options.names ?? options.settings().names ?? [])],
    guard: keepGuard(options),
    refused: (address) => {
      refusals.note(address);
    },
  });
  const refusals = createRefusals(journal);
  const proofs = new WeakMap<IncomingMessage, string>();
  const dashboard = createDashboard(options);
  const tally = createTally(options.entries());
  const leave = options.onEvent(tally.note);
  const site = once(async () => (await import('./admin/site.ts')).createSite(sources));
  const sources = {
    dashboard,
    metrics: once(() =>
      Promise.resolve(
        createMetrics({
          look: dashboard.look,
          counts: options.counts,
          sentFor: options.sentFor,
          complained: options.complaints.total,
          clock: options.clock,
          tally,
          checkTimes: dashboard.checkTimes,
        }),
      ),
    ),
    ...(options.editing === undefined ? {} : { editing: options.editing }),
    ...(options.why === undefined ? {} : { why: options.why }),
    ...(options.explain === undefined ? {} : { explain: options.explain }),
    ...(options.foresee === undefined
      ? {}
      : { foresee: async (settings: Settings) => options.foresee?.(settings, dashboard.boundTo) }),
    cameBy: (request: IncomingMessage) => proofs.get(request),
    mistakes: options.mistakes,
    pages: once(async () => (await import('../dashboard/page.ts')).loadPages()),
    journal,
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const admitted = await gate(request);
    if ('status' in admitted) {
      refuse(request, response, admitted);
      return;
    }
    if (admitted.by !== undefined) proofs.set(request, admitted.by);
    (await site())(request, response);
  };
  const broke = (error: unknown): void => {
    journal({ type: 'bug', where: 'admin door', error: String(error) });
  };

  const server = http.createServer(LIMITS, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      broke(error);
      response.destroy();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  await open(server, listen);

  let isBroken = false;
  let lettingIn = secretsOf(options.settings());
  const beat = (): void => {
    try {
      options.everySecond?.();
      refusals.tell();
      // whoever was let in by what counts no more
      if (lettingIn !== secretsOf(options.settings())) dashboard.stream.stop();
      lettingIn = secretsOf(options.settings());
      dashboard.tick();
      isBroken = false;
    } catch (error) {
      // Told once, not every second: whatever it is, it will not go away by itself.
      if (!isBroken) broke(error);
      isBroken = true;
    }
  };
  beat();
  const pulse = setInterval(beat, SECOND_MS).unref();

  return {
    url: doorUrl('http', { host: listen.host, port: (server.address() as AddressInfo).port }),
    see: dashboard.see,
    stop: async () => {
      clearInterval(pulse);
      leave();
      dashboard.stop();
      await close(server);
    },
  };
};

/** A name to listen on is a name of ours; an address is known by the connection itself. */
const namesOf = (host: string): readonly string[] =>
  [host.toLowerCase()].filter((name) => !isEveryAddress(name));

/** What lets somebody in, as one text: another one, and those inside have to show theirs anew. */
const secretsOf = ({ admin: { password = '', tokens = [] } }: Settings): string =>
  JSON.stringify([password, tokens]);

/**
 * Keeps who is let in as the settings say it now; a door that was closed once is not opened to everybody by an edit.
 *
 * @throws ActionableError when the password is missing or not readable
 */
const keepGuard = ({ listen, settings, clock }: AdminDoorOptions): GateOptions['guard'] => {
  const proofsIn = ofSame(({ password, tokens }: Settings['admin']): Proofs => ({
    ...(password === undefined ? {} : { password: parsePasswordHash(password) }),
    tokens,
  }));
  const { admin } = settings();
  const isOpen = ({ password, tokens = [] }: Settings['admin']): boolean =>
    password === undefined && tokens.length === 0;
  if (isOpen(admin) && !isLoopback(listen.host)) {
    throw new ActionableError(
      `The admin door listens on ${listen.host} without a password: anybody who reaches it could come in.`,
      'Set the "password" under "admin" to what "usher password" prints, or listen on 127.0.0.1.',
    );
  }
  if (admin.password !== undefined && proofsIn(admin).password === undefined) {
    throw new ActionableError(
      'The "password" under "admin" is not one that "usher password" made.',
      'Run "usher password" and put the line it prints, scrypt$…, under "admin".',
    );
  }
  const guard = createGuard(() => proofsIn(settings().admin), clock);
  let isClosed = false;
  return () => {
    isClosed ||= !isOpen(settings().admin);
    return isClosed ? guard : undefined;
  };
};

const refuse = (request: IncomingMessage, response: ServerResponse, refusal: Refusal): void => {
  const { status, words, headers = {} } = refusal;
  const isProgram = (request.url ?? '').startsWith('/api/');
  const body = isProgram ? JSON.stringify({ error: words }) : `${words}\n`;
  response.writeHead(status, {
    ...headers,
    'Content-Type': isProgram ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    // Whatever body the request has is not waited for.
    Connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
};

const open = async (server: Server, { host, port }: AdminDoorOptions['listen']): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  server.listen({ host, port }, () => {
    server.off('error', reject);
    resolve(undefined);
  });
  try {
    await promise;
  } catch (error) {
    const told = listenError(error, `${host}:${String(port)}`, port);
    if (!(told instanceof ActionableError)) throw told;
    throw new ActionableError(
      `The admin door cannot open. ${told.message}`,
      `${told.remedy} It is the one under "admin".`,
    );
  }
};

const close = async (server: Server): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  server.close(() => resolve(undefined));
  server.closeAllConnections();
  await promise;
};
