import type { Change, Changed } from '../config/editing/change.ts';
import type { Editable } from '../config/editing/edit.ts';
import { sibling } from '../sibling.ts';
import { askApart, type ApartOptions } from './ask-apart.ts';

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
  const told = await askApart<Changed>({ entry, deadlineMs, message: { about, change } });
  switch (told.kind) {
    case 'answer':
      return told.answer;
    case 'unstarted':
      return lost(`No process could be started for it: ${told.because}.`);
    case 'late':
      return lost(
        `Nothing came of it in ${String(deadlineMs / 1000)} s: the disk does not answer, or the machine has no time.`,
      );
    case 'ended':
      return lost('The process that edits the config ended before it was done.');
  }
};

const lost = (words: string): Changed => ({
  ok: false,
  because: 'unwritable',
  words: `${words} Look at the config before you try again.`,
  mistakes: [],
});
