import type { IncomingMessage } from 'node:http';
import type { Journal } from '../../journal.ts';
import type { Visitor, Welcome } from './guard.ts';
import { isOwnHost } from './own-host.ts';
import { changesNothing, foreignness, isJson } from './same-origin.ts';

/** Why a request goes no further. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 415 | 421 | 429;
  readonly words: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GateOptions {
  /** further names of this machine, in lower case */
  readonly names: () => readonly string[];
  /** absent: nobody has to show a password */
  readonly guard?: (visitor: Visitor) => Promise<Welcome>;
  readonly journal: Journal;
}

/** Asked by machines that have no password; they tell nothing that one would need one for. */
const OPEN: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** What stands before every page of the admin door: the own Host, the own origin, the password. */
export const createGate = ({
  names,
  guard,
  journal,
}: GateOptions): ((request: IncomingMessage) => Promise<Refusal | undefined>) => {
  return async (request) => {
    const stranger = strangeHost(request, names()) ?? strangePage(request);
    if (stranger !== undefined) return stranger;
    const [path = ''] = (request.url ?? '').split('?');
    if (guard === undefined || OPEN.has(path)) return undefined;
    const { authorization } = request.headers;
    const address = request.socket.remoteAddress ?? '';
    const welcome = await guard({ authorization, address });
    if (welcome.kind === 'wrong') journal({ type: 'password-refused', address });
    return refusalOf(welcome) ?? beyond(welcome, request.method ?? '');
  };
};

const strangeHost = (request: IncomingMessage, names: readonly string[]): Refusal | undefined => {
  const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  const { host } = request.headers;
  if (hosts.length !== 1 || host === undefined || host === '') {
    return { status: 400, words: 'A request names the host it is for, once.' };
  }
  if (!/^\/(?!\/)/.test(request.url ?? '')) {
    return { status: 400, words: 'A request asks for a path of this door.' };
  }
  if (isOwnHost({ host, localAddress: request.socket.localAddress }, names)) return undefined;
  return {
    status: 421,
    words:
      'This door is not the host that was asked for. Use its address, localhost, or a name listed under "names".',
  };
};

const strangePage = (request: IncomingMessage): Refusal | undefined => {
  const asking = { method: request.method ?? '', headers: request.headers };
  const foreign = foreignness(asking);
  if (foreign !== undefined) return { status: 403, words: foreign };
  return isJson(asking) ? undefined : { status: 415, words: 'Changes are taken as application/json only.' };
};

/** A token that may only look changes nothing. */
const beyond = (welcome: Welcome, method: string): Refusal | undefined =>
  welcome.kind === 'welcome' && welcome.scope === 'read' && !changesNothing(method)
    ? { status: 403, words: 'This token may look, and change nothing.' }
    : undefined;

const refusalOf = (welcome: Welcome): Refusal | undefined => {
  switch (welcome.kind) {
    case 'welcome':
      return undefined;
    case 'stranger':
    case 'wrong':
      return {
        status: 401,
        words: 'This door wants the password, or a token.',
        headers: { 'WWW-Authenticate': 'Basic realm="Usher", charset="UTF-8"' },
      };
    case 'later':
      return {
        status: 429,
        words: 'Too many attempts. Try again later.',
        headers: { 'Retry-After': String(Math.ceil(welcome.waitMs / 1000)) },
      };
  }
};
