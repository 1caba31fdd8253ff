import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionableError } from '../errors.ts';

/** How often somebody else's edit is waited for, and how long each time: 5 s, far longer than an edit takes. */
const TRIES = 200;
const TRY_MS = 25;

/** Mode of a file that is new. */
const NEW_MODE = 0o644;

/**
 * Replaces a file as a whole: readers see the old content or the new one, never a part, and a full disk leaves the old
 * one as it was. Mode and owner are kept, a symbolic link stays one. While `make` runs, nobody else who uses this
 * function on the file can: the temporary file is the lock.
 *
 * @param make the new content; undefined leaves the file as it is
 * @throws ActionableError where the folder cannot be written
 */
export const replaceFile = async (file: string, make: () => Promise<string | undefined>): Promise<void> => {
  const real = await realpath(file).catch(() => file);
  const temporary = join(dirname(real), `.${basename(real)}.usher-edit`);
  const handle = await lock(temporary).catch((error: unknown) => {
    throw notWritten(real, error);
  });
  let isReplaced = false;
  try {
    const text = await make();
    if (text === undefined) return;
    await handle.writeFile(text);
    await keepModeAndOwner(handle, real);
    await handle.sync();
    await rename(temporary, real);
    isReplaced = true;
    await syncFolder(dirname(real));
  } catch (error) {
    throw notWritten(real, error);
  } finally {
    await handle.close();
    // after the rename the name may be somebody else's lock
    if (!isReplaced) await rm(temporary, { force: true });
  }
};

/** Makes the temporary file, or waits until whoever has it is done; one left behind by a crash is taken over. */
const lock = async (temporary: string): Promise<FileHandle> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      return await open(temporary, 'wx', 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await sleep(TRY_MS);
  }
  await rm(temporary, { force: true });
  return open(temporary, 'wx', 0o600);
};

const keepModeAndOwner = async (handle: FileHandle, real: string): Promise<void> => {
  const before = await stat(real).catch(() => undefined);
  if (before !== undefined) {
    // only root may give a file away; anybody else's edit makes it his own
    await handle.chown(before.uid, before.gid).catch(() => undefined);
  }
  await handle.chmod(before === undefined ? NEW_MODE : before.mode & 0o7777);
};

/** Some file systems cannot sync a folder; the rename counts all the same. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
};

const notWritten = (file: string, error: unknown): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  const folder = dirname(file);
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ActionableError(
        `${file} cannot be written: this user may not write in the folder ${folder}.`,
        'Run the command as a user who may.',
      );
    case 'ENOENT':
    case 'ENOTDIR':
      return new ActionableError(`There is no folder ${folder}.`, 'Make it, or name another file.');
    case 'ENOSPC':
    case 'EDQUOT':
      return new ActionableError(
        `${file} cannot be written: the disk is full. It is as it was.`,
        'Make room and try again.',
      );
    case 'EISDIR':
    case 'ENOTEMPTY':
    case 'EEXIST':
      return new ActionableError(`${file} is a folder.`, 'Name a file.');
    default:
      return error;
  }
};
