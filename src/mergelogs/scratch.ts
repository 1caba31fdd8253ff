import { closeSync, existsSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActionableError } from '../errors.ts';
import { plainReader } from './file-source.ts';
import type { Crowd, Scratch } from './crowd.ts';

/** Below the 1024 files that a process may have open where nobody says otherwise, with those that are made on the way. */
const AT_ONCE = { few: 32, mostOpen: 480, mostGathered: 120 };

/** How more files are merged than may be open: by way of files in the folder that the environment names. */
export const crowdIn = (env: Readonly<Record<string, string | undefined>>): Crowd => ({
  ...AT_ONCE,
  openScratch: openScratch(folderIn(env)),
});

/** `TMPDIR`, else one that does not lie in memory. */
const folderIn = (env: Readonly<Record<string, string | undefined>>): string => {
  const { TMPDIR: named = '' } = env;
  if (named !== '') return named;
  return existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
};

let names = 0;

/** Opens such files in a folder. */
const openScratch = (folder: string) => async (): Promise<Scratch> => {
  const told = (error: unknown): never => {
    throw new ActionableError(
      `So many logs of the same time are merged by way of files in ${folder}, and there is no writing: ${error instanceof Error ? error.message : String(error)}.`,
      'Name a folder with room for all of the logs by TMPDIR.',
    );
  };
  const path = join(folder, `.usher-mergelogs-${process.pid}-${(names += 1)}`);
  const attempt = <Done>(act: () => Done): Done => {
    try {
      return act();
    } catch (error) {
      return told(error);
    }
  };
  const fd = attempt(() => openSync(path, 'wx+', 0o600));
  attempt(() => {
    unlinkSync(path);
  });
  let end = 0;
  return {
    write: async (bytes) => {
      for (let from = 0; from < bytes.length;) {
        const written = attempt(() => writeSync(fd, bytes, from, bytes.length - from, end));
        from += written;
        end += written;
      }
    },
    source: {
      name: folder,
      isLasting: () => Promise.resolve(false),
      open: async () =>
        plainReader(fd, () => {
          closeSync(fd);
        }),
    },
  };
};
