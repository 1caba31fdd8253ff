import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Journal } from '../journal.ts';
import type { Settings } from './settings.ts';
import { inForce, readTakenOut, takenOutFolder } from './taken-out.ts';

/** How often the folder is looked at: as often as the config. */
const EVERY_MS = 500;

/** The files that take secondaries out, and the ends of what the list says, followed while Usher runs. */
export interface FollowedTakenOut {
  /** the settings of the config, with whom a file takes out in maintenance, and ready again whose state has ended */
  readonly apply: (settings: Settings) => Settings;
  /** Makes the folder, and looks again and again; calls back when the files changed, or a state has ended. */
  readonly start: (onChange: () => void) => void;
  readonly stop: () => void;
}

/**
 * Follows the folder `maintenance` of the state folder: a file named as a secondary takes it out until it is gone. And
 * the calendar: a state with an end (`until`) is over then.
 */
export const followTakenOut = async (
  settings: () => Settings,
  { journal, wall }: { readonly journal: Journal; readonly wall: () => number },
): Promise<FollowedTakenOut> => {
  let names: ReadonlySet<string> = new Set();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let lookedAt = wall();

  const look = async (): Promise<boolean> => {
    const { stateFolder, secondaries } = settings();
    const found = (await readTakenOut(stateFolder)) ?? names;
    const ids = new Set(secondaries.map(({ id }) => id));
    const before = names;
    names = found;
    const fileOf = (name: string): string => join(takenOutFolder(stateFolder), name);
    const came = [...found].filter((name) => !before.has(name));
    const went = [...before].filter((name) => !found.has(name) && ids.has(name));
    for (const name of came) {
      const is = ids.has(name) ? 'there' : 'unknown';
      journal({ type: 'maintenance-file', secondary: name, file: fileOf(name), is });
    }
    for (const name of went) {
      journal({ type: 'maintenance-file', secondary: name, file: fileOf(name), is: 'gone' });
    }
    const since = lookedAt;
    lookedAt = wall();
    const ended = secondaries.some(({ untilAt = NaN }) => untilAt > since !== untilAt > lookedAt);
    return came.length + went.length > 0 || ended;
  };

  await look();

  const follow = (onChange: () => void): void => {
    timer = setTimeout(() => {
      void look().then((isChanged) => {
        if (isStopped) return;
        if (isChanged) onChange();
        follow(onChange);
      });
    }, EVERY_MS);
    // looking keeps nobody running
    timer.unref();
  };

  const start = (onChange: () => void): void => {
    // So that `touch` works there. Where there is no state folder, nobody looks for it in vain.
    void mkdir(takenOutFolder(settings().stateFolder)).catch(() => undefined);
    follow(onChange);
  };

  return {
    apply: (whole) => inForce(whole, { names, wallMs: wall() }),
    start,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
};
