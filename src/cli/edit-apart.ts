import { fork, type ChildProcess } from 'node:child_process';
import type { Change, Changed } from '../config/change.ts';
import type { Editable } from '../config/edit.ts';
import { sibling } from '../sibling.ts';

/** What a test may set. */
export interface ApartOptions {
  /** the module that the process runs */
  readonly entry?: URL;
  readonly deadlineMs?: number;
}

/** As long as reading a config may take at most. */
const DEADLINE_MS = 20_000;

/**
 * Makes a change of the config in a process of its own that ends with it, so that what an edit takes is no burden on
 * visitors. Whatever happens to that process, the file is the old one or the new one.
 */
export const editApart = async (
  about: Omit<Editable, 'registries'>,
  change: Change,
  { entry = sibling('edit-process'), deadlineMs = DEADLINE_MS }: ApartOptions = {},
): Promise<Changed> => {
  const { promise, resolve } = Promise.withResolvers<Changed>();
  let editor: ChildProcess;
  try {
    editor = fork(entry, { serialization: 'advanced' });
  } catch (error) {
    return lost(`No process could be started for it: ${(error as Error).message}.`);
  }
  const timer = setTimeout(() => {
    resolve(lost('The disk that the config lies on does not answer.'));
    editor.kill('SIGKILL');
  }, deadlineMs);
  editor.once('message', (changed) => {
    resolve(changed as Changed);
  });
  const end = (): void => {
    resolve(lost('The process that edits the config ended before it was done.'));
  };
  editor.once('error', end);
  // not at its exit, which may be told before its last message is
  editor.once('disconnect', end);
  // whoever ends before he has heard it is told by `disconnect`
  editor.send({ about, change }, () => undefined);

  const changed = await promise;
  clearTimeout(timer);
  return changed;
};

const lost = (words: string): Changed => ({
  ok: false,
  because: 'unwritable',
  words: `${words} Look at the config before you try again.`,
  mistakes: [],
});
