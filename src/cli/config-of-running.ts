import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { likelyAdmin } from '../config/likely-admin.ts';
import { createAdminQuestion, jsonIn, noUsher } from './ask-status.ts';
import type { Io } from './command.ts';

/**
 * The config of the Usher that runs at the usual place, such as the demo's, for whoever names none and stands in a folder
 * without one; `undefined`: there is one here, or none runs. Only a file of this user's own: a config may name programs.
 */
export const configOfRunning = async (io: Io): Promise<string | undefined> => {
  const here = resolve(io.cwd, 'usher.json');
  if ((await stat(here).catch(() => undefined)) !== undefined) return undefined;
  const ask = createAdminQuestion(io, '/api/config', ({ status, body }, url) => {
    const told = status === 200 ? jsonIn(body) : undefined;
    if (typeof told === 'object' && told !== null && 'file' in told) return String(told.file);
    throw noUsher(url, status);
  });
  const file = await ask(await likelyAdmin(here)).catch(() => undefined);
  const there = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || there?.isFile() !== true || there.uid !== process.getuid?.()) return undefined;
  io.err(`usher: There is no usher.json here. This is the Usher that runs by ${file}.\n`);
  return file;
};
