import type { Failure } from '../model/outcome.ts';
import type { Failed } from '../wire/wire.ts';
import type { StatusPage } from './status.ts';

const NAMES = { apache: 'Apache', nginx: 'nginx' } as const;

/** How each tells its status, to this machine alone. */
const SETTINGS = {
  apache:
    'a2enmod status, with <Location "/server-status"> SetHandler server-status, Require local </Location>; the path ends in ?auto',
  nginx: 'location = /nginx_status { stub_status; allow 127.0.0.1; allow ::1; deny all; }',
} as const;

/** Nothing was heard from there. */
const UNHEARD: ReadonlySet<Failure> = new Set(['refused', 'timeout', 'reset', 'unreachable', 'unresolved']);

/** That a status page cannot be read, where it is, and what to do about it: two lines for people. */
export const statusTrouble = ({ kind, at, path }: StatusPage, { failure, detail }: Failed): string => {
  const name = NAMES[kind];
  const what = `${name} does not tell its status at ${at}${path} (${failure}: ${detail}); it is asked again whenever somebody asks for the figures.`;
  return `${what}\n       ${remedy(kind, failure)}\n`;
};

const remedy = (kind: StatusPage['kind'], failure: Failure): string => {
  if (UNHEARD.has(failure)) return `Start ${NAMES[kind]}, or name the place where it listens with --${kind}.`;
  if (failure === 'tls') return `Name it with --${kind} by http, or by the name that its certificate bears.`;
  return `Let it tell it there, or name the right place with --${kind}: ${SETTINGS[kind]}`;
};
