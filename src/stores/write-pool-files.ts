import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionableError } from '../errors.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import { fileRemedy, fileTrouble } from './file-trouble.ts';
import { makeFolder } from './make-folder.ts';
import { printPingfile, printSitefile, type Moment } from './print-pool-files.ts';
import { PINGFILE, SITEFILE, type PoolHead } from './pool-file.ts';
import { draftOf, isDraft, writeWhole } from './write-whole.ts';

/** Whether both files are written; if not, which one is not and why. The old one then stands as it was. */
export type Written =
  { readonly ok: true } | { readonly ok: false; readonly file: string; readonly because: string };

/** Writes pingfile and sitefile, each whole or not at all, readable by everybody. */
export const writePoolFiles = async (
  folder: string,
  snapshot: PoolSnapshot,
  { moment, ...given }: Omit<Required<PoolHead>, 'writtenAt'> & { readonly moment: Moment },
): Promise<Written> => {
  const head = { ...given, writtenAt: Math.round(moment.wall) };
  const texts = [
    [PINGFILE, printPingfile(snapshot, head, moment)],
    [SITEFILE, printSitefile(snapshot, head, moment)],
  ] as const;
  for (const [name, text] of texts) {
    try {
      await writeWhole(folder, name, { text, mode: 0o644 });
    } catch (error) {
      return { ok: false, file: join(folder, name), because: fileTrouble(error) };
    }
  }
  return { ok: true };
};

/**
 * Makes the folder ready to be written: creates it where it is missing, and clears away what a writer that was killed
 * left half done.
 *
 * @throws ActionableError when nothing can be written there
 */
export const prepareFolder = async (folder: string): Promise<void> => {
  const draft = join(folder, draftOf(PINGFILE));
  try {
    await makeFolder(folder);
    for (const name of await readdir(folder))
      if (isDraft(name)) await rm(join(folder, name), { force: true });
    const file = await open(draft, 'wx', 0o644);
    await file.close();
    await rm(draft, { force: true });
  } catch (error) {
    throw new ActionableError(
      `The worker cannot write pingfile and sitefile into ${folder}: ${fileTrouble(error)}.`,
      fileRemedy(error),
    );
  }
};
