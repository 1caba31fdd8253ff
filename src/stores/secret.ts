import { crypto } from '../node-crypto.ts';
import { chmod, link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionableError } from '../errors.ts';
import { fileRemedy, fileTrouble } from './file-trouble.ts';
import { makeFolder } from './make-folder.ts';

const { randomBytes } = crypto;

/** A key of 256 bits, as one line of base64url. */
const line = /^[A-Za-z0-9_-]{43}$/;

/**
 * The keys that sign the affinity cookie, out of `secret` in the state folder: one a line, the first signs, the others
 * are still accepted. Made with one key, readable by nobody else, where there is none yet.
 *
 * To change the key, put a new line before the first; drop the old line when the last old cookie has ended.
 */
export const readSecrets = async (folder: string): Promise<readonly Buffer[]> => {
  const file = join(folder, 'secret');
  const text = (await readOrNothing(file)) ?? (await make(folder, file));
  const lines = text.split('\n').map((each) => each.trim());
  const keys = lines.filter((each) => each !== '');
  if (keys.length === 0 || !keys.every((key) => line.test(key))) {
    throw new ActionableError(
      `${file} does not hold the keys of the affinity cookie: each line must be 43 characters of base64url.`,
      `Put an earlier copy back, or remove the file: a new key is made, and visitors are chosen for anew.`,
    );
  }
  if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600).catch(() => undefined);
  return keys.map((key) => Buffer.from(key, 'base64url'));
};

const readOrNothing = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // a file in the place of the folder is told better by who makes it
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw cannot('read', file, error);
  }
};

/** Written beside and linked into place: of two primaries that start at once, one makes the key and both use it. */
const make = async (folder: string, file: string): Promise<string> => {
  // not by the process id alone: two machines that share the folder may have the same
  const draft = `${file}.${String(process.pid)}.${randomBytes(6).toString('hex')}`;
  try {
    await makeFolder(folder);
    await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
    await link(draft, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
    return await readFile(file, 'utf8');
  } catch (error) {
    throw cannot('written', file, error);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
};

const cannot = (what: string, file: string, error: unknown): ActionableError =>
  new ActionableError(
    `The key of the affinity cookie cannot be ${what} in ${file}: ${fileTrouble(error)}.`,
    `${fileRemedy(error)} Without affinity ("affinity": false) no key is needed.`,
  );
