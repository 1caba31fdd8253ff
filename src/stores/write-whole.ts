import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crypto } from '../node-crypto.ts';

/** How a file that is being written is called until it is whole. */
export const draftOf = (name: string): string =>
  `.${name}.${String(process.pid)}.${crypto.randomBytes(6).toString('hex')}.tmp`;

/** Whether a file is one that somebody was writing; if he is not any more, it is left over. */
export const isDraft = (name: string): boolean =>
  /^\.(pingfile|sitefile|networks)\.\d+\.[0-9a-f]{12}\.tmp$/.test(name);

/** What is written, and who may read it. */
export interface Content {
  readonly text: string | AsyncIterable<string>;
  readonly mode: 0o600 | 0o644;
}

/** Writes a file whole or not at all: the one that was there stands until then. */
export const writeWhole = async (folder: string, name: string, { text, mode }: Content): Promise<void> => {
  const draft = join(folder, draftOf(name));
  try {
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.chmod(mode); // whatever the umask took away: the reader may be another user
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, join(folder, name));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
};
