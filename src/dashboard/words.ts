import type { Event } from '../journal.ts';
import type { Rejection } from '../model/decision.ts';
import type { LoadReport } from '../model/load-report.ts';
import type { Failure, Outcome } from '../model/outcome.ts';
import type { Source } from '../model/pool.ts';
import { count, milliseconds, percent, span } from '../../public/dashboard-words.js';

/** How much an operator should mind. */
export type Tone = 'fine' | 'quiet' | 'watch' | 'trouble';

const failures: Readonly<Record<Failure, string>> = {
  refused: 'nobody listens there',
  timeout: 'no whole answer in time',
  reset: 'the connection was cut',
  unreachable: 'no way leads there',
  unresolved: 'its name has no address',
  tls: 'its certificate or TLS is not trusted',
  status: 'answers with another status',
  redirected: 'leads to another place',
  'text-missing': 'the expected text is missing',
  'too-large': 'answers more than 64 KiB',
  garbage: 'its answer makes no sense',
  exhausted: 'this machine has no ports, files or memory left to ask with',
  command: 'the command says no',
};

const rejections: Readonly<Record<Rejection, string>> = {
  maintenance: 'in maintenance: takes nobody',
  draining: 'draining: keeps its visitors, takes no new ones',
  down: 'down: takes nobody',
  unknown: 'not asked yet, and others are known to work',
  'weight-zero': 'weight 0: takes no new visitors',
  backup: 'backup: stands in when no active one can',
  'other-family': 'has no address of the visitor’s kind (IPv4, IPv6)',
  avoided: 'does not work for this visitor',
};

const sources: Readonly<Record<Source, string>> = {
  none: 'Nobody is asked: every secondary counts as up',
  live: 'Asked when a visitor comes',
  cached: "Reading the worker's files",
  own: 'The files are stale: asking for itself',
  memory: 'Asking for itself',
};

/** Why a probe failed, for people. */
export const failureWords = (failure: Failure): string => failures[failure];

/** Why a secondary gets no new visitors, for people. */
export const rejectionWords = (why: Rejection): string => rejections[why];

/** Where the news comes from, for people. */
export const sourceWords = (source: Source): string => sources[source];

/** What a probe saw, for people. */
export const outcomeWords = (outcome: Outcome): string => {
  if (!outcome.ok) return failureWords(outcome.failure);
  return outcome.leaving === true ? 'says that it is leaving' : `answers in ${milliseconds(outcome.tookMs)}`;
};

/** How busy a secondary says it is, for people; empty when it says nothing. */
export const loadWords = (load: LoadReport): string => {
  const { running, sessions, utilization, weightShare, wish, answerMs } = load;
  const told = [
    running === undefined ? '' : `${count(running)} running`,
    sessions === undefined ? '' : `${count(sessions)} sessions`,
    utilization === undefined ? '' : `${percent(utilization)} in use`,
    weightShare === undefined ? '' : `wants ${percent(weightShare)} of its weight`,
    wish === undefined ? '' : `asks for ${wish}`,
  ].filter((words) => words !== '');
  if (told.length > 0) return told.join(', ');
  return answerMs === undefined ? '' : `answers in ${milliseconds(answerMs)}`;
};

const maintenanceFileWords = ({
  secondary,
  file,
  is,
}: Extract<Event, { readonly type: 'maintenance-file' }>): {
  readonly words: string;
  readonly tone: Tone;
} => {
  switch (is) {
    case 'there':
      return { words: `${file} is there: ${secondary} is in maintenance`, tone: 'quiet' };
    case 'gone':
      return { words: `${file} is gone: ${secondary} is what the config says`, tone: 'quiet' };
    case 'unknown':
      return { words: `${file} takes nobody out: no secondary is called so`, tone: 'watch' };
  }
};

/** Somebody should mind what the operator did not do himself. */
const stateWords = ({
  secondary,
  from,
  to,
  because,
}: Extract<Event, { readonly type: 'state-changed' }>): { readonly words: string; readonly tone: Tone } => ({
  words: `${secondary} goes from ${from} to ${to}${because === undefined ? '' : `: ${because}`}`,
  tone: because === undefined || to === 'ready' ? 'quiet' : 'watch',
});

/** An event as one sentence, and how much to mind it. */
export const eventWords = (event: Event): { readonly words: string; readonly tone: Tone } => {
  switch (event.type) {
    case 'started':
      return { words: `Usher ${event.version} started: ${event.urls.join(', ')}`, tone: 'quiet' };
    case 'stopped':
      return { words: `Usher stops: ${event.because}`, tone: 'watch' };
    case 'health-changed':
      return {
        words: `${event.secondary} is ${event.to}, was ${event.from}: ${event.because}`,
        tone: event.to === 'up' ? 'fine' : event.to === 'down' ? 'trouble' : 'watch',
      };
    case 'state-changed':
      return stateWords(event);
    case 'secondary-added':
      return { words: `${event.secondary} joins the pool`, tone: 'quiet' };
    case 'secondary-removed':
      return { words: `${event.secondary} leaves the pool`, tone: 'quiet' };
    case 'held':
      return { words: `The last verdicts are held: ${event.because}`, tone: 'watch' };
    case 'config-loaded':
      return { words: `${event.file} read: ${event.secondaries} secondaries`, tone: 'quiet' };
    case 'config-refused':
      return { words: `${event.file} refused: ${event.mistakes.join('; ')}`, tone: 'trouble' };
    case 'config-unread':
      return { words: `${event.file} cannot be read now: ${event.because}`, tone: 'watch' };
    case 'config-edited':
      return {
        words: `${event.file} edited ${event.by === undefined ? '' : `by ${event.by} `}from ${event.address}: ${event.what}`,
        tone: 'quiet',
      };
    case 'maintenance-file':
      return maintenanceFileWords(event);
    case 'restart-needed':
      return { words: `Counts only after a new start: ${event.keys.join(', ')}`, tone: 'watch' };
    case 'files-refused':
      return { words: `${event.file} refused: ${event.because}`, tone: 'watch' };
    case 'geography-read':
      return { words: `${event.file} read: where networks are`, tone: 'quiet' };
    case 'geography-refused':
      return { words: `${event.file} refused: ${event.because}`, tone: 'watch' };
    case 'files-unwritten':
      return { words: `${event.file} cannot be written: ${event.because}`, tone: 'trouble' };
    case 'files-written':
      return { words: `The files in ${event.folder} are written again`, tone: 'fine' };
    case 'files-contested':
      return { words: `${event.by} writes the files in ${event.folder} too`, tone: 'trouble' };
    case 'load-lost':
      return { words: `The load of ${event.secondary} cannot be read: ${event.because}`, tone: 'watch' };
    case 'load-found':
      return { words: `The load of ${event.secondary} can be read again`, tone: 'quiet' };
    case 'source-changed':
      return {
        words: `News now from ${event.to}, before from ${event.from}: ${event.because}`,
        tone: event.to === 'own' ? 'watch' : 'quiet',
      };
    case 'worker-started':
      return { words: `The worker started, process ${event.pid}`, tone: 'quiet' };
    case 'worker-ended':
      return {
        words: `The worker ended: ${event.because}; again in ${span(event.againInMs)}`,
        tone: 'watch',
      };
    case 'thread-ended':
      return {
        words: `Door thread ${event.thread} ended: ${event.because}; again in ${span(event.againInMs)}`,
        tone: 'trouble',
      };
    case 'access-log-failed':
      return { words: `${event.file} cannot be written: ${event.because}`, tone: 'trouble' };
    case 'access-log-closed':
      return { words: `${event.file} was closed; ${event.lost} lines are missing`, tone: 'watch' };
    case 'access-log-recovered':
      return {
        words: `${event.file} is written again; ${event.lost} lines are missing`,
        tone: 'watch',
      };
    case 'asking-failed':
      return { words: `The secondaries cannot be asked from here: ${event.because}`, tone: 'trouble' };
    case 'asking-recovered':
      return { words: 'The secondaries can be asked again', tone: 'fine' };
    case 'nobody-left':
      return { words: `Nobody takes new visitors: ${event.because}`, tone: 'trouble' };
    case 'somebody-back':
      return { words: `${event.secondary} takes visitors again`, tone: 'fine' };
    case 'certificate-renewed':
      return { words: `The new certificate in ${event.file} is in force`, tone: 'fine' };
    case 'certificate-refused':
      return {
        words: `The certificate in ${event.file} cannot be used, the last one stays: ${event.because}`,
        tone: 'trouble',
      };
    case 'connections-dropped':
      return { words: `${event.count} connections closed unheard: too many at once`, tone: 'watch' };
    case 'connections-scarce':
      return {
        words: `${event.open} connections are open, of ${event.most} that may be: beyond that visitors are turned away unheard`,
        tone: 'watch',
      };
    case 'connections-few':
      return {
        words: `No more than ${event.most} connections at once: only ${event.files} files may be open here (ulimit -n, LimitNOFILE=)`,
        tone: 'watch',
      };
    case 'password-refused':
      return {
        words:
          event.times === undefined
            ? `Wrong password at the admin door from ${event.address}`
            : `${event.times} more wrong passwords at the admin door, the last from ${event.address}`,
        tone: 'watch',
      };
    case 'notices-failed':
      return { words: `${event.to} cannot be told of events: ${event.because}`, tone: 'watch' };
    case 'notices-sent':
      return {
        words: `${event.to} is told of events again${event.lost === 0 ? '' : `; ${event.lost} it never heard of`}`,
        tone: event.lost === 0 ? 'quiet' : 'watch',
      };
    case 'notices-lost':
      return {
        words: `${event.to} is told no more; ${event.lost === 1 ? '1 event' : `${event.lost} events`} it may never have heard of`,
        tone: 'watch',
      };
    case 'bug':
      return { words: `A bug in ${event.where}: ${event.error}`, tone: 'trouble' };
  }
};
