import { fork, type ChildProcess } from 'node:child_process';
import type { Serializable } from 'node:child_process';

/** What a test may set. */
export interface ApartOptions {
  /** the module that the process runs */
  readonly entry?: URL;
  readonly deadlineMs?: number;
}

/** What is asked of a process of its own. */
export interface Question {
  readonly entry: URL;
  readonly args?: readonly string[];
  /** sent to it; absent: its arguments say all */
  readonly message?: Serializable;
  readonly deadlineMs: number;
}

/** Its answer; or that none came: it could not be started, it was late and is killed, it ended before. */
export type ApartAnswer<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'unstarted'; readonly because: string }
  | { readonly kind: 'late' | 'ended' };

/** Asks a process of its own, which ends with its answer: what that takes is no burden on visitors. */
export const askApart = async <Answer>({
  entry,
  args = [],
  message,
  deadlineMs,
}: Question): Promise<ApartAnswer<Answer>> => {
  const { promise, resolve } = Promise.withResolvers<ApartAnswer<Answer>>();
  let process: ChildProcess;
  try {
    process = fork(entry, [...args], { serialization: 'advanced' });
  } catch (error) {
    return { kind: 'unstarted', because: (error as Error).message };
  }
  const timer = setTimeout(() => {
    resolve({ kind: 'late' });
    process.kill('SIGKILL');
  }, deadlineMs);
  process.once('message', (answer) => {
    resolve({ kind: 'answer', answer: answer as Answer });
  });
  const end = (): void => {
    resolve({ kind: 'ended' });
  };
  process.once('error', end);
  // not at its exit, which may be told before its last message is
  process.once('disconnect', end);
  // whoever ends before he has heard it is told by `disconnect`
  if (message !== undefined) process.send(message, () => undefined);

  const told = await promise;
  clearTimeout(timer);
  return told;
};
