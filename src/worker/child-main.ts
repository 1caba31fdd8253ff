import type { SecondarySettings } from '../config/settings.ts';
import { ActionableError } from '../errors.ts';
import { createJournal, withoutTurns, type Journal } from '../journal.ts';
import type { Clock, Dice } from '../model/clock.ts';
import type { Probe } from '../model/probe.ts';
import { createAnswers } from './answer-questions.ts';
import { isMessage, type ToChild, type ToParent } from './messages.ts';
import { startWorker, type StartWatching, type Worker, type WorkerSettings } from './worker.ts';

/** What the composition gives the worker's process. */
export interface ChildParts {
  readonly startMonitor: StartWatching;
  readonly probeOf: (secondary: SecondarySettings, journal: Journal) => Probe;
  readonly clock: Clock;
  readonly dice: Dice;
  /** Lets go of what the parts hold, so that the process can end. */
  readonly close?: () => Promise<void>;
}

/**
 * The worker as a child of the primary: gets its settings over the channel, tells events as JSON lines on standard
 * output, and ends when it is told to or when the primary is gone. Ctrl-C goes to the whole terminal group, and a
 * terminal that closes hangs up on all of it; both are the primary's business.
 *
 * @returns when the process may end
 */
export const runChild = async (compose: () => ChildParts): Promise<void> => {
  const { startMonitor, probeOf, clock, dice, close } = compose();
  // A primary that was killed reads no more of what we say.
  process.stdout.on('error', () => undefined);
  const { journal } = createJournal((line) => process.stdout.write(line), clock.wall);

  let worker: Promise<Worker | undefined> | undefined;
  const end = Promise.withResolvers<undefined>();
  let secondaries: readonly SecondarySettings[] = [];
  const answer = createAnswers({
    secondaries: () => secondaries,
    probeOf: (secondary) => probeOf(secondary, journal),
    say,
  });
  const start = (settings: WorkerSettings): Promise<Worker | undefined> =>
    startWorker({
      settings,
      startMonitor,
      clock,
      dice,
      // The primary finds a change of health in the files, and tells it itself.
      journal: withoutTurns(journal),
      onFirstWritten: () => say({ type: 'written' }),
    }).catch((error: unknown) => {
      if (!(error instanceof ActionableError)) throw error;
      say({ type: 'failed', because: `${error.message} ${error.remedy}` });
      process.exitCode = 1;
      end.resolve(undefined);
      return undefined;
    });

  process.on('message', (message: unknown) => {
    if (!isMessage(message)) return;
    const told = message as ToChild;
    if (told.type === 'probe') void answer(told);
    if (told.type !== 'settings') return;
    const { settings } = told;
    ({ secondaries } = settings);
    if (worker === undefined) worker = start(settings);
    else void worker.then((running) => running?.update(settings));
  });
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('SIGTERM', () => end.resolve(undefined));
  process.once('disconnect', () => end.resolve(undefined));
  say({ type: 'ready' });

  await end.promise;
  await (await worker)?.stop();
  await close?.();
  if (process.connected) process.disconnect?.();
};

const say = (message: ToParent): void => {
  // Without a callback an error would be thrown where nobody looks: the channel may close at any moment.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};
