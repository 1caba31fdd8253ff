import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing, one after the other. (Node's own recursive `mkdir` never returns
 * where the system says of a folder both that it is not there and that it cannot be made, as everywhere below `/proc`.)
 *
 * @throws Error of the system; `ENOTDIR`, naming what stands in the way, where that is no folder
 */
export const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return mustBeFolder(folder);
    const above = dirname(folder);
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || above === folder) throw error;
    await makeFolder(above);
    await mkdir(folder).catch((again: unknown) => {
      // somebody else may have made it meanwhile
      if ((again as NodeJS.ErrnoException).code === 'EEXIST') return mustBeFolder(folder);
      throw again;
    });
  }
};

const mustBeFolder = async (path: string): Promise<void> => {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const isLink = found === undefined && (await lstat(path)).isSymbolicLink();
  const what = isLink ? 'is a symbolic link that leads nowhere' : 'is a file, not a folder';
  throw Object.assign(new Error(`${path} ${what}`), { code: 'ENOTDIR' });
};
