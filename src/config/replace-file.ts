import { open, readFile, realpath, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionableError } from '../errors.ts';

/** How often somebody else's edit is waited for, and how long each time: 5 s, far longer than an edit takes. */
const TRIES = 200;
const TRY_MS = 25;
/** An edit that has not ended by then never will: whoever edits apart is killed after 20 s. */
const LONGEST_MS = 30_000;

/** Mode of a file that is new. */
const NEW_MODE = 0o644;

/**
 * Replaces a file as a whole: readers see the old content or the new one, never a part, and a full disk leaves the old
 * one as it was. Mode and owner are kept, a symbolic link stays one. While `make` runs, nobody else who uses this
 * function on the file can.
 *
 * @param make the new content; undefined leaves the file as it is
 * @throws ActionableError where the folder cannot be written, or somebody else's edit takes longer than 5 s
 */
export const replaceFile = async (file: string, make: () => Promise<string | undefined>): Promise<void> => {
  const real = await realpath(file).catch(() => file);
  const lock = join(dirname(real), `.${basename(real)}.usher-edit`);
  await take(lock, real).catch((error: unknown) => {
    throw notWritten(real, error);
  });
  const temporary = aside(lock);
  try {
    const text = await make();
    if (text === undefined) return;
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await keepModeAndOwner(handle, real);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, real);
    await syncFolder(dirname(real));
  } catch (error) {
    throw notWritten(real, error);
  } finally {
    await rm(temporary, { force: true });
    await rm(lock, { force: true });
  }
};

let names = 0;
/** A name beside it that nobody else has. */
const aside = (lock: string): string => `${lock}.${hostname()}.${process.pid}.${(names += 1)}`;

/** Makes the lock, or waits until whoever has it is done; one left behind by a crash is put aside. */
const take = async (lock: string, real: string): Promise<void> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      await writeFile(lock, JSON.stringify({ host: hostname(), pid: process.pid }), {
        flag: 'wx',
        mode: 0o600,
      });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await isLeftBehind(lock)) await clear(lock);
    await sleep(TRY_MS);
  }
  throw new ActionableError(`${real} is being edited by somebody else.`, 'Try again in a moment.');
};

/** Takes away what was left behind. One at a time: what another one made since must stay. */
const clear = async (lock: string): Promise<void> => {
  const clearing = `${lock}.clearing`;
  try {
    await writeFile(clearing, '', { flag: 'wx', mode: 0o600 });
  } catch {
    if (await isOld(clearing)) await rm(clearing, { force: true });
    return;
  }
  try {
    if (await isLeftBehind(lock)) await rm(lock, { force: true });
  } finally {
    await rm(clearing, { force: true });
  }
};

/** By the clock of the disk, which may be another machine's. */
const isOld = async (file: string): Promise<boolean> => {
  const fresh = aside(file);
  try {
    await writeFile(fresh, '', { flag: 'wx', mode: 0o600 });
    const [{ mtimeMs }, { mtimeMs: now }] = await Promise.all([stat(file), stat(fresh)]);
    return now - mtimeMs > LONGEST_MS;
  } catch {
    return false; // it is gone
  } finally {
    await rm(fresh, { force: true });
  }
};

/** Whether whoever made it is dead; where nobody can tell, whether it is far older than any edit takes. */
const isLeftBehind = async (lock: string): Promise<boolean> => {
  try {
    const { host, pid } = JSON.parse(await readFile(lock, 'utf8')) as {
      readonly host: unknown;
      readonly pid: unknown;
    };
    if (host === hostname() && typeof pid === 'number') return !isAlive(pid);
  } catch {
    // it is gone, just being made, or not from here
  }
  return isOld(lock);
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
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
    default:
      return error;
  }
};
