import { stillThere } from '../../public/dashboard-words.js';
import type { Row } from '../dashboard/row.ts';
import { ActionableError } from '../errors.ts';
import type { Io } from './command.ts';
import type { Wanted } from './find-admin.ts';
import { watchStatus } from './watch-status.ts';

/** Looks that may fail in a row, about one a second: a restart takes less. */
const MOST_FAILED_LOOKS = 30;

/** Looks that a running Usher has to take the edit over. */
const MOST_EARLY_LOOKS = 10;

/**
 * Waits until nobody can come back to a draining secondary by his cookie, and says how far it is: on a terminal in one
 * line, elsewhere in a line whenever the number of visitors changed.
 *
 * @throws ActionableError when Usher does not answer, or somebody else ends the draining
 */
export const waitForDrain = async (
  id: string,
  wanted: Wanted,
  { usage, io }: { readonly usage: string; readonly io: Io },
): Promise<void> => {
  const say = progress(io);
  let failed = 0;
  let looks = 0;
  for await (const look of watchStatus(wanted, { usage, io })) {
    looks += 1;
    if ('trouble' in look) {
      failed += 1;
      if (failed >= MOST_FAILED_LOOKS) throw look.trouble;
      continue;
    }
    failed = 0;
    const { at, secondaries } = look.status;
    const row = secondaries.find((one) => one.id === id);
    // the edit is in the file, and not in force yet
    if (row?.state !== 'drain' && looks <= MOST_EARLY_LOOKS) continue;
    if (row?.state !== 'drain') throw ended(id, row);
    const { left } = row;
    if (left === undefined || left.until === null) break;
    say(left.visitors, stillThere({ ...left, restMs: Date.parse(left.until) - Date.parse(at) }));
  }
  say.end();
  io.out(`nobody is left on ${id}\n`);
};

const progress = (io: Io) => {
  let last: number | undefined;
  const say = (visitors: number, words: string): void => {
    if (io.isTty) io.err(`\r\x1b[K${words}`);
    else if (visitors !== last) io.err(`${words}\n`);
    last = visitors;
  };
  const end = (): void => {
    if (io.isTty && last !== undefined) io.err('\r\x1b[K');
  };
  return Object.assign(say, { end });
};

const ended = (id: string, row: Row | undefined): ActionableError =>
  row === undefined
    ? new ActionableError(
        `The Usher that runs has no ${id} in its list any more.`,
        'Look at "usher status": another config may be in force there.',
      )
    : new ActionableError(
        `${id} does not drain in the Usher that runs: its state there is ${row.state}.`,
        'Somebody set it back, or another config is in force: "usher status" tells.',
      );
