import { readFileSync } from 'node:fs';
import { open, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionableError } from '../../errors.ts';
import { aside } from './aside.ts';

/** How often somebody else's edit is waited for, and how long each time: 5 s, far longer than an edit takes. */
const TRIES = 200;
const TRY_MS = 25;
/** An edit that has not ended by then never will: whoever edits apart is killed after 20 s. */
const LONGEST_MS = 30_000;
/** … where its process seems to live: another one may have its number by now. */
const LONGEST_ALIVE_MS = 10 * 60_000;

/** A lock that was taken. */
export interface EditLock {
  /** a file beside the one that is edited */
  readonly lock: string;
  /** what stands in it while it is ours */
  readonly mark: string;
}

/** Whoever was taken for dead has lost it. */
export const isOurs = ({ lock, mark }: EditLock): boolean => {
  try {
    return readFileSync(lock, 'utf8') === mark;
  } catch {
    return false;
  }
};

let edits = 0;

/**
 * Makes the lock, or waits until whoever has it is done; one left behind by a crash is put aside.
 *
 * @returns what stands in it
 */
export const takeLock = async (lock: string, real: string): Promise<string> => {
  const mark = JSON.stringify({ host: hostname(), pid: process.pid, edit: (edits += 1) });
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

/** What is thrown where the file is somebody else's. */
export const busy = (real: string): Busy =>
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
