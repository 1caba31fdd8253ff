import { statSync } from 'node:fs';

/** Bytes of all logs together; undefined where that cannot be known: `-` is standard input. */
export const logBytes = (paths: readonly string[]): number | undefined => {
  let bytes = 0;
  for (const path of paths) {
    // one after the other: to ask for thousands at once takes as many megabytes as the merging
    const about = path === '-' ? 'unknown' : sizeOf(path);
    if (about === 'unknown') return undefined;
    bytes += about;
  }
  return bytes;
};

const sizeOf = (path: string): number | 'unknown' => {
  try {
    const about = statSync(path);
    return about.isFile() ? about.size : 'unknown';
  } catch {
    return 0;
  }
};
