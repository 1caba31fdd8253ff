import type { Health } from './model/verdict.ts';
import type { Id, State } from './model/secondary.ts';
import type { Source } from './model/pool.ts';

/** Something an operator is told. Plain data; the names are kept, tools read them. */
export type Event =
  | { readonly type: 'started'; readonly version: string; readonly urls: readonly string[] }
  | { readonly type: 'stopped'; readonly because: string }
  | {
      readonly type: 'health-changed';
      readonly secondary: Id;
      readonly from: Health;
      readonly to: Health;
      readonly because: string;
    }
  /** `because`: by its own wish, and how it said so; absent: the operator wants it */
  | {
      readonly type: 'state-changed';
      readonly secondary: Id;
      readonly from: State;
      readonly to: State;
      readonly because?: string;
    }
  | { readonly type: 'secondary-added' | 'secondary-removed'; readonly secondary: Id }
  | { readonly type: 'held'; readonly because: string }
  | { readonly type: 'config-loaded'; readonly file: string; readonly secondaries: number }
  | { readonly type: 'config-refused'; readonly file: string; readonly mistakes: readonly string[] }
  /** this machine is short of something; what is in force stays, and it is read when it can be */
  | { readonly type: 'config-unread'; readonly file: string; readonly because: string }
  /** by the admin door; `what` in a few words, `address` of who asked for it, `by` which token, or the password */
  | {
      readonly type: 'config-edited';
      readonly file: string;
      readonly what: string;
      readonly address: string;
      readonly by?: string;
    }
  /** a file in the folder `maintenance` takes a secondary out; it is gone again; it names none */
  | {
      readonly type: 'maintenance-file';
      readonly secondary: Id;
      readonly file: string;
      readonly is: 'there' | 'gone' | 'unknown';
    }
  /** these keys of the config count only after a new start */
  | { readonly type: 'restart-needed'; readonly keys: readonly string[] }
  | { readonly type: 'files-refused'; readonly file: string; readonly because: string }
  /** the worker could not write: the old file stands; then that it can again */
  | { readonly type: 'files-unwritten'; readonly file: string; readonly because: string }
  | { readonly type: 'files-written'; readonly folder: string }
  /** somebody else writes the same two files all the time: verdicts go back and forth */
  | { readonly type: 'files-contested'; readonly folder: string; readonly by: string }
  /** how busy a secondary is cannot be read any more; then that it can again */
  | { readonly type: 'load-lost'; readonly secondary: Id; readonly because: string }
  | { readonly type: 'load-found'; readonly secondary: Id }
  | { readonly type: 'source-changed'; readonly from: Source; readonly to: Source; readonly because: string }
  | { readonly type: 'worker-started'; readonly pid: number }
  | { readonly type: 'worker-ended'; readonly because: string; readonly againInMs: number }
  | {
      readonly type: 'thread-ended';
      readonly thread: number;
      readonly because: string;
      readonly againInMs: number;
    }
  | { readonly type: 'access-log-failed'; readonly file: string; readonly because: string }
  /** it was closed while it could not be written; so many lines are missing */
  | { readonly type: 'access-log-closed'; readonly file: string; readonly lost: number }
  /** it is written again; so many lines are missing */
  | { readonly type: 'access-log-recovered'; readonly file: string; readonly lost: number }
  /** this machine has no more ports, files or memory to ask with: verdicts stay as they are; then that it has again */
  | { readonly type: 'asking-failed'; readonly because: string }
  | { readonly type: 'asking-recovered' }
  /** no secondary takes new visitors any more; then that one does again */
  | { readonly type: 'nobody-left'; readonly because: string }
  | { readonly type: 'somebody-back'; readonly secondary: Id }
  /** the files of a listener hold a new certificate, which is in force now; or one that cannot be: the old one is */
  | { readonly type: 'certificate-renewed'; readonly file: string }
  | { readonly type: 'certificate-refused'; readonly file: string; readonly because: string }
  /** the file that tells where networks are is in force; or it cannot be used: the last good one is */
  | { readonly type: 'geography-read'; readonly file: string }
  | { readonly type: 'geography-refused'; readonly file: string; readonly because: string }
  /** closed unheard since the last time this was told, because there were too many at once */
  | { readonly type: 'connections-dropped'; readonly count: number }
  /** nearly as many are open as may be; whoever comes beyond is closed unheard */
  | { readonly type: 'connections-scarce'; readonly open: number; readonly most: number }
  /** the system lets so few files be open that no more than so many connections may be */
  | { readonly type: 'connections-few'; readonly most: number; readonly files: number }
  /** `times` within a second, the last of them from this address; absent: once */
  | { readonly type: 'password-refused'; readonly address: string; readonly times?: number }
  /** a webhook or program of `notify` does not take what it is told; it is tried again; then that it has it */
  | { readonly type: 'notices-failed'; readonly to: string; readonly because: string }
  /** so many events it was never told */
  | { readonly type: 'notices-sent'; readonly to: string; readonly lost: number }
  /** telling it ends, and of so many events it is not known to have heard */
  | { readonly type: 'notices-lost'; readonly to: string; readonly lost: number }
  | { readonly type: 'bug'; readonly where: string; readonly error: string };

/** An event with its time, as it is kept and printed. */
export type Entry = { readonly at: string } & Event;

/** Tells the operator. */
export type Journal = (event: Event) => void;

/** A journal that leaves out changes of health, for whoever asks beside one that tells them already. */
export const withoutTurns =
  (journal: Journal): Journal =>
  (event) => {
    if (event.type !== 'health-changed') journal(event);
  };

/** The same bug is told once in so long: whoever can cause it shall not fill the log. */
const SAME_BUG_MS = 60_000;

/** How many entries are kept for the dashboard. */
const KEPT = 200;

/** Where events go, and where they are read again. */
export interface KeptJournal {
  readonly journal: Journal;
  /** the last 200, oldest first */
  readonly entries: () => readonly Entry[];
  /** Hears every entry from now on; returns how to stop. A listener may not throw. */
  readonly onEntry: (listener: (entry: Entry) => void) => () => void;
}

/**
 * A journal that writes one JSON line an event and keeps the last 200.
 *
 * @param write where a line goes, its newline included
 * @param wall milliseconds since 1970
 */
export const createJournal = (write: (line: string) => void, wall: () => number): KeptJournal => {
  const kept: Entry[] = [];
  const listeners = new Set<(entry: Entry) => void>();
  let bug = { error: '', at: -Infinity };
  return {
    journal: (event) => {
      if (event.type === 'bug') {
        if (event.error === bug.error && wall() - bug.at < SAME_BUG_MS) return;
        bug = { error: event.error, at: wall() };
      }
      const entry: Entry = { at: new Date(wall()).toISOString(), ...event };
      if (kept.push(entry) > KEPT) kept.shift();
      write(`${JSON.stringify(entry)}\n`);
      for (const listener of listeners) listener(entry);
    },
    entries: () => kept,
    onEntry: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
