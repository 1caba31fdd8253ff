import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../wire/printable.ts';
import { PINGFILE } from './pool-file.ts';

/** What stands at the top of a pingfile fits into this. */
const HEAD_BYTES = 512;

/**
 * Watches for somebody else who writes the same pingfile, by looking at it before each writing of our own. Twice
 * something new that is not ours, after we had written: then he lives. No lock is kept, so none is left behind by one
 * who was killed, and it works over NFS; a writer that just ends while we begin is no rival.
 *
 * @param epoch ours
 * @returns who it is, for people, once for each folder; `undefined`: nobody, or nobody new
 */
export const createRivalWatch = (epoch: string): ((folder: string) => Promise<string | undefined>) => {
  let watched: string | undefined;
  let stranger: string | undefined;
  let isTold = false;
  return async (folder) => {
    if (folder !== watched) {
      watched = folder;
      stranger = undefined;
      isTold = false;
      // what lies there now was not put over anything of ours
      return undefined;
    }
    if (isTold) return undefined;
    const head = await readHead(join(folder, PINGFILE));
    if (head === undefined || head.includes(JSON.stringify(epoch)) || head === stranger) return undefined;
    isTold = stranger !== undefined;
    stranger = head;
    return isTold ? writerIn(head) : undefined;
  };
};

const readHead = async (path: string): Promise<string | undefined> => {
  try {
    // a pipe in its place must not keep us waiting
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    // gone or not to be read: told when it is written
    return undefined;
  }
};

const writerIn = (head: string): string => {
  const [, name] = /"writer"\s*:\s*"([^"\\]{1,200})"/.exec(head) ?? [];
  return name === undefined ? 'Somebody else' : `Another one (${printable(name)})`;
};
