import type { KeptJournal } from '../journal.ts';
import type { Io } from './command.ts';

/** Says beside the journal, where whoever just started a second Usher by mistake looks, that two write the same files. */
export const warnOfRivals = (onEntry: KeptJournal['onEntry'], { err }: Io): void => {
  onEntry((entry) => {
    if (entry.type !== 'files-contested') return;
    err(
      `usher: ${entry.by} writes pingfile and sitefile in ${entry.folder} too: what is known of the secondaries goes back and forth.\n       Stop one of the two, give one a folder of its own ("checks": { "files": "…" }), or let it only read ("worker": "elsewhere").\n`,
    );
  });
};
