import { networkInterfaces } from 'node:os';
import type { Failure } from '../model/outcome.ts';
import { printable } from './printable.ts';
import type { Failed } from './wire.ts';

/** An expected failure as a value; its detail is made safe to log. */
export const failed = (failure: Failure, detail: string): Failed => ({
  ok: false,
  failure,
  detail: printable(detail) || failure,
});

/** What the error codes of the system, of Node and of undici mean to us. */
const FAILURES: ReadonlyMap<string, Failure> = new Map([
  ['ECONNREFUSED', 'refused'],

  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],

  ['ECONNRESET', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['UND_ERR_DESTROYED', 'reset'],
  ['UND_ERR_ABORTED', 'reset'],
  // closed by undici itself, since it had waited its time for another question
  ['UND_ERR_INFO', 'reset'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'reset'],
  ['HPE_INVALID_EOF_STATE', 'reset'],

  ['EHOSTUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['EAFNOSUPPORT', 'unreachable'],
  ['EINVAL', 'unreachable'],
  // a firewall of our own: for us no way leads there
  ['EACCES', 'unreachable'],
  ['EPERM', 'unreachable'],

  ['EADDRNOTAVAIL', 'exhausted'],
  ['EMFILE', 'exhausted'],
  ['ENFILE', 'exhausted'],
  ['ENOBUFS', 'exhausted'],
  ['ENOMEM', 'exhausted'],
  ['EAGAIN', 'exhausted'],
  ['EAI_MEMORY', 'exhausted'],

  ['ENOTFOUND', 'unresolved'],
  ['ENODATA', 'unresolved'],

  ['EPROTO', 'tls'],
  ['HOSTNAME_MISMATCH', 'tls'],
  ['INVALID_CA', 'tls'],
  ['INVALID_PURPOSE', 'tls'],
  ['PATH_LENGTH_EXCEEDED', 'tls'],
  ['UNSPECIFIED', 'tls'],

  ['UND_ERR_HEADERS_OVERFLOW', 'too-large'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'too-large'],
  ['HPE_HEADER_OVERFLOW', 'too-large'],
]);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const ofCode = (code: string, message: string): Failure => {
  if (code === 'UND_ERR_SOCKET' && message.startsWith('bad ')) return 'garbage';
  const known = FAILURES.get(code);
  if (known !== undefined) return known;
  if (code.startsWith('EAI_')) return 'unresolved';
  if (/^ERR_(SSL|TLS)_|CERT|CRL|^UNABLE_TO_/.test(code)) return 'tls';
  return 'garbage';
};

/**
 * Turns whatever a socket, a resolver, TLS or undici throws into a failure. The only place that knows error codes.
 * Of several addresses tried, the one that answered in some way counts before those without a route, and those before
 * one that this machine could not even try.
 */
export const failureOf = (error: unknown): Failed => {
  if (!(error instanceof Error))
    return failed('garbage', textOf(error) || 'something was thrown that is no error');
  if (error instanceof AggregateError && error.errors.length > 0) {
    const each = error.errors.map(failureOf);
    const tried = each.filter(({ failure }) => failure !== 'exhausted');
    const telling = tried.find(({ failure }) => failure !== 'unreachable') ?? tried[0] ?? each[0];
    if (telling !== undefined) return failed(telling.failure, each.map(({ detail }) => detail).join('; '));
  }
  const code = 'code' in error ? textOf(error.code) : '';
  const failure = isWithoutFamily(error, code) ? 'unreachable' : ofCode(code, error.message);
  return failed(failure, error.message || code || error.name);
};

/**
 * Whether an IPv6 address was meant and this machine has none, or none of its own loopback. The system says the same code for that as for
 * ports that are used up; but this does not pass by itself.
 */
const isWithoutFamily = (error: Error, code: string): boolean => {
  const to = 'address' in error ? textOf(error.address) : '';
  if (code !== 'EADDRNOTAVAIL' || !to.includes(':')) return false;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return !own.some(({ family, internal }) => family === 'IPv6' && (internal || to !== '::1'));
};
