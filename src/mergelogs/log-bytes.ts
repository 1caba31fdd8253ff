import { stat } from 'node:fs/promises';

/** Bytes of all logs together; undefined where that cannot be known: `-` is standard input. */
export const logBytes = async (paths: readonly string[]): Promise<number | undefined> => {
  const stats = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  if (paths.includes('-') || stats.some((one) => one !== undefined && !one.isFile())) return undefined;
  return stats.reduce((sum, one) => sum + (one?.size ?? 0), 0);
};
