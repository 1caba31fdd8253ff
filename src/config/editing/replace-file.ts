import { createHash } from 'node:crypto';
import { constants, linkSync, renameSync } from 'node:fs';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ActionableError } from '../../errors.ts';
import { aside } from './aside.ts';
import { busy, isOurs, takeLock, type EditLock } from './edit-lock.ts';

/** How often the new content is made anew because a person saved meanwhile. */
const REMAKES = 5;

/** Mode of a file that is new. */
const NEW_MODE = 0o644;

/** A file that is about to be replaced. */
interface Target extends EditLock {
  readonly real: string;
}

/**
 * Replaces a file as a whole: readers see the old content or the new one, never a part, and a full disk leaves the old
 * one as it was. Mode and owner are kept, a symbolic link stays one. While `make` runs, nobody else who uses this
 * function on the file can. A person with an editor asks nobody: what he saves meanwhile stays, and `make` is called
 * once more for it.
 *
 * @param make the new content, from what the file holds as it is called; undefined leaves the file as it is
 * @throws Busy where somebody else's edit takes longer than 5 s
 * @throws ActionableError where it cannot be written
 */
export const replaceFile = async (
  file: string,
  make: () => Promise<string | Uint8Array | undefined>,
): Promise<void> => {
  const real = await realpath(file).catch(() => file);
  const lock = join(dirname(real), `.${basename(real)}.usher-edit`);
  const mark = await takeLock(lock, real).catch((error: unknown) => {
    throw notWritten(real, error);
  });
  const target = { real, lock, mark };
  try {
    for (let tries = 1; tries <= REMAKES; tries += 1) {
      const before = await printOf(real);
      const content = await make();
      if (content === undefined || (await takePlace(target, { before, content }))) return;
    }
    throw busy(real);
  } catch (error) {
    throw notWritten(real, error);
  } finally {
    if (isOurs(target)) await rm(lock, { force: true });
  }
};

/** @returns whether it could: not where somebody saved since `before` */
const takePlace = async (
  target: Target,
  { before, content }: { readonly before: string | undefined; readonly content: string | Uint8Array },
): Promise<boolean> => {
  const { real, lock } = target;
  const temporary = await aside(lock);
  const witness = await aside(lock);
  try {
    await writeAside(temporary, { content, real });
    if ((await printOf(real)) !== before) return false;
    // nothing in between: whoever saves at this very moment comes after it, or is what the witness holds
    if (!isOurs(target)) throw busy(real);
    const isWitnessed = linked(real, witness);
    renameSync(temporary, real);
    if (isWitnessed && (await printOf(witness)) !== before) {
      await rename(witness, real);
      return false;
    }
    await syncFolder(dirname(real));
    return true;
  } finally {
    await rm(temporary, { force: true });
    await rm(witness, { force: true });
  }
};

const writeAside = async (
  temporary: string,
  { content, real }: { readonly content: string | Uint8Array; readonly real: string },
): Promise<void> => {
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await keepModeAndOwner(handle, real);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** A second name for what stands there now; false where there is nothing, or the file system has no such names. */
const linked = (file: string, name: string): boolean => {
  try {
    linkSync(file, name);
    return true;
  } catch {
    return false;
  }
};

/** What tells one content of a file from another; undefined: it is not there. */
const printOf = async (file: string): Promise<string | undefined> => {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  try {
    const about = await (handle?.stat() ?? stat(file));
    if (handle === undefined || !about.isFile()) return `${about.ino} ${about.size} ${about.mtimeMs}`;
    const hash = createHash('sha256');
    if (about.size > 0) {
      const bytes = handle.createReadStream({ autoClose: false, start: 0, end: about.size - 1 });
      for await (const chunk of bytes) hash.update(chunk as Buffer);
    }
    return hash.digest('base64');
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
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
    case 'EBUSY':
    case 'EXDEV':
      return new ActionableError(
        `${file} cannot be written: it is mounted as a single file, which cannot be replaced as a whole.`,
        'Mount its folder instead.',
      );
    default:
      if (code === undefined || (error as NodeJS.ErrnoException).syscall === undefined) return error;
      return new ActionableError(
        `${file} cannot be written: ${(error as Error).message}.`,
        'Look at the file and at its disk before you try again.',
      );
  }
};
