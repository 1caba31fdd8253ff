import type { IncomingMessage } from 'node:http';
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
  /** `undefined`: nobody has to show a password */
  readonly guard: () => ((visitor: Visitor) => Promise<Welcome>) | undefined;
  /** hears of a wrong password or token */
  readonly refused: (address: string) => void;
}

/** Who may go on: by which proof; absent: none was asked for. */
export interface Admitted {
  readonly by?: string;
}

/** Asked by machines that have no password; they tell nothing that one would need one for. */
const OPEN: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** What stands before every page of the admin door: the own Host, the own origin, the password. */
export const createGate = ({
  names,
  guard,
  refused,
}: GateOptions): ((request: IncomingMessage) => Promise<Refusal | Admitted>) => {
  return async (request) => {
    const stranger = strangeHost(request, names()) ?? strangePage(request);
    if (stranger !== undefined) return stranger;
    const [path = ''] = (request.url ?? '').split('?');
    const asks = guard();
    if (asks === undefined || OPEN.has(path)) return {};
    const { authorization } = request.headers;
    const address = request.socket.remoteAddress ?? '';
    const welcome = await asks({ authorization, address });
    if (welcome.kind === 'wrong') refused(address);
    return welcome.kind === 'welcome'
      ? (beyond(welcome, request.method ?? '') ?? { by: welcome.by })
      : refusalOf(welcome);
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

type Admission = Extract<Welcome, { readonly kind: 'welcome' }>;

/** A token that may only look changes nothing. */
const beyond = ({ scope }: Admission, method: string): Refusal | undefined =>
  scope === 'read' && !changesNothing(method)
    ? { status: 403, words: 'This token may look, and change nothing.' }
    : undefined;

const refusalOf = (welcome: Exclude<Welcome, Admission>): Refusal => {
  switch (welcome.kind) {
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
