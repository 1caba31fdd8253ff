import { createHash } from 'node:crypto';
import { constants, linkSync, readFileSync, renameSync } from 'node:fs';
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
/** … where its process seems to live: another one may have its number by now. */
const LONGEST_ALIVE_MS = 10 * 60_000;

/** How often the new content is made anew because a person saved meanwhile. */
const REMAKES = 5;

/** Mode of a file that is new. */
const NEW_MODE = 0o644;

/** A file that is about to be replaced. */
interface Target {
  readonly real: string;
  readonly lock: string;
  /** what stands in the lock while it is ours */
  readonly mark: string;
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
  const mark = await take(lock, real).catch((error: unknown) => {
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

/** Whoever was taken for dead has lost it. */
const isOurs = ({ lock, mark }: Target): boolean => {
  try {
    return readFileSync(lock, 'utf8') === mark;
  } catch {
    return false;
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

let names = 0;
/** A name beside it that nobody has; a process that had our number before us may have left one. */
const aside = async (lock: string): Promise<string> => {
  const name = `${lock}.${hostname()}.${process.pid}.${(names += 1)}`;
  await rm(name, { force: true });
  return name;
};

/**
 * Makes the lock, or waits until whoever has it is done; one left behind by a crash is put aside.
 *
 * @returns what stands in it
 */
const take = async (lock: string, real: string): Promise<string> => {
  const mark = JSON.stringify({ host: hostname(), pid: process.pid, edit: (names += 1) });
  for (let tries = 0; tries < TRIES; tries += 1) {
    const made = await open(lock, 'wx', 0o600).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
    if (made !== undefined) {
      await markAs(mark, { made, lock });
      return mark;
    }
    if (await isLeftBehind(lock)) await clear(lock);
    await sleep(TRY_MS);
  }
  throw busy(real);
};

/** A full disk has room for the file and none for what stands in it: an empty lock would be taken for somebody else's. */
const markAs = async (
  mark: string,
  { made, lock }: { readonly made: FileHandle; readonly lock: string },
): Promise<void> => {
  try {
    await made.writeFile(mark);
    await made.close();
  } catch (error) {
    await made.close().catch(() => undefined);
    await rm(lock, { force: true });
    throw error;
  }
};

/** Somebody else's edit of the file takes too long to wait for. */
export class Busy extends ActionableError {}

const busy = (real: string): Busy =>
  new Busy(`${real} is being edited by somebody else.`, 'Try again in a moment.');

/** Takes away what was left behind. One at a time: what another one made since must stay. */
const clear = async (lock: string): Promise<void> => {
  const clearing = `${lock}.clearing`;
  try {
    await writeFile(clearing, '', { flag: 'wx', mode: 0o600 });
  } catch {
    if (await isOld(clearing, LONGEST_MS)) await rm(clearing, { force: true });
    return;
  }
  try {
    if (await isLeftBehind(lock)) await rm(lock, { force: true });
  } finally {
    await rm(clearing, { force: true });
  }
};

/** By the clock of the disk, which may be another machine's. */
const isOld = async (file: string, longestMs: number): Promise<boolean> => {
  const fresh = await aside(file);
  try {
    await writeFile(fresh, '', { flag: 'wx', mode: 0o600 });
    const [{ mtimeMs }, { mtimeMs: now }] = await Promise.all([stat(file), stat(fresh)]);
    return now - mtimeMs > longestMs;
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
    if (host === hostname() && typeof pid === 'number')
      return !isAlive(pid) || (await isOld(lock, LONGEST_ALIVE_MS));
  } catch {
    // it is gone, just being made, or not from here
  }
  return isOld(lock, LONGEST_MS);
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
