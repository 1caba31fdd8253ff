import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Event, Journal } from '../journal.ts';
import { WORKER_FLAGS } from '../heap.ts';
import type { Clock } from '../model/clock.ts';
import { isMessage, type Probed, type ToChild } from './messages.ts';
import { createQuestions, type Questions } from './questions.ts';
import type { WorkerSettings } from './worker.ts';

export interface KeepOptions {
  readonly settings: WorkerSettings;
  /** Starts the process, with a channel of `advanced` serialization; see `forkWorker`. */
  readonly spawn: () => ChildProcess;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** The primary's own worker, kept alive. */
export interface KeptWorker {
  readonly update: (settings: WorkerSettings) => void;
  /** Has it ask one secondary now, of the settings it was told last. */
  readonly ask: Questions['ask'];
  /** Ends it: asked first, killed after 2 s. */
  readonly stop: () => Promise<void>;
}

/** A worker that fails before it has written its files waits twice as long each time, from the first to the second. */
const SHORTEST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;

/**
 * One that has written them, or that somebody killed, is not broken: it is wanted back soon, but may not keep a core
 * busy by coming and going.
 */
const SOON_MS = 250;

/** Signals that come from outside; a crash of our own is another (SIGABRT, SIGSEGV). */
const KILLS: readonly (NodeJS.Signals | null)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

/** One that lived so long did well. */
const LONG_LIFE_MS = 60_000;

/** How long it may take to end when it is asked to. */
const GRACE_MS = 2000;

/**
 * Starts the worker's process so that it fits `keepWorker`: its events come through the parent, its complaints go where
 * the parent's go.
 *
 * @param entry the module that calls `runChild`
 */
export const forkWorker = (entry: URL): ChildProcess =>
  fork(entry, [], {
    execArgv: [...process.execArgv, ...WORKER_FLAGS],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });

/** Keeps a worker running as a child process, whatever happens to it. */
export const keepWorker = (options: KeepOptions): KeptWorker => {
  const { spawn, journal, clock } = options;
  let { settings } = options;
  let child: ChildProcess | undefined;
  /** it listens: what it is told before that might be lost */
  let isReady = false;
  let fruitless = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const questions = createQuestions({
    clock,
    send: (message) => {
      if (child !== undefined) send(child, message);
    },
  });

  const start = (): void => {
    const startedAt = clock.now();
    let hasWritten = false;
    let failure: string | undefined;
    isReady = false;

    const rest = (because: string, signal: NodeJS.Signals | null): void => {
      child = undefined;
      questions.end();
      if (isStopped) return;
      const hasLived = clock.now() - startedAt >= LONG_LIFE_MS;
      const isSound = hasWritten || KILLS.includes(signal);
      fruitless = hasLived || isSound ? 0 : fruitless + 1;
      const againInMs = isSound && !hasLived ? SOON_MS : waitAfter(fruitless);
      journal({ type: 'worker-ended', because, againInMs });
      timer = setTimeout(start, againInMs);
    };
    let mine: ChildProcess;
    try {
      mine = spawn();
    } catch (error) {
      // Most of what can fail comes as an event; what the system has too little of, memory for one, is thrown.
      rest(`it could not be started: ${(error as Error).message}`, null);
      return;
    }
    child = mine;
    const onEnd: typeof rest = (because, signal) => {
      if (child === mine) rest(because, signal);
    };

    mine.on('spawn', () => {
      journal({ type: 'worker-started', pid: mine.pid ?? 0 });
    });
    mine.on('message', (message) => {
      if (!isMessage(message)) return;
      if (message.type === 'ready') {
        isReady = true;
        tell(mine, settings);
        questions.begin();
      }
      if (message.type === 'probed') questions.hear(message as Probed);
      if (message.type === 'written') hasWritten = true;
      if (message.type === 'failed' && 'because' in message) failure = String(message.because);
    });
    mine.on('error', (error) => {
      // Also what a channel says that closed under our hands; its end is told by `exit`.
      if (mine.pid === undefined) onEnd(`it could not be started: ${error.message}`, null);
    });
    mine.on('exit', (code, signal) => {
      onEnd(failure ?? (signal === null ? `exit code ${String(code)}` : `killed by ${signal}`), signal);
    });
    // Where no descriptors are left it is undefined, whatever its type says.
    const stdout = mine.stdout as ChildProcess['stdout'] | undefined;
    if (stdout !== null && stdout !== undefined) {
      createInterface({ input: stdout, crlfDelay: Infinity }).on('line', (line) => {
        journal(eventOf(line));
      });
    }
  };

  const stop = async (): Promise<void> => {
    isStopped = true;
    clearTimeout(timer);
    questions.end();
    const last = child;
    if (last?.pid === undefined) return;
    const ended = new Promise((resolve) => last.once('exit', resolve));
    last.kill('SIGTERM');
    const killing = setTimeout(() => last.kill('SIGKILL'), GRACE_MS);
    await ended;
    clearTimeout(killing);
  };

  start();
  return {
    update: (next) => {
      settings = next;
      if (child !== undefined && isReady) tell(child, next);
    },
    ask: questions.ask,
    stop,
  };
};

const waitAfter = (fruitless: number): number =>
  Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** Math.max(0, fruitless - 1));

const tell = (child: ChildProcess, settings: WorkerSettings): void => {
  send(child, { type: 'settings', settings: onlyNeeded(settings) });
};

const send = (child: ChildProcess, message: ToChild): void => {
  if (child.connected) child.send(message, () => undefined);
};

/** Not the whole config: the worker has no business with secrets. */
const onlyNeeded = ({ secondaries, checks, stateFolder }: WorkerSettings): WorkerSettings => ({
  secondaries,
  checks,
  stateFolder,
});

/** A line of the worker's journal as an event of ours; whatever else it prints is a bug. */
const eventOf = (line: string): Event => {
  try {
    const { at: _at, ...event } = JSON.parse(line) as { readonly at?: string } & Event;
    if (isMessage(event)) return event;
  } catch {
    // no JSON: told below
  }
  return { type: 'bug', where: 'worker', error: line.slice(0, 500) };
};
