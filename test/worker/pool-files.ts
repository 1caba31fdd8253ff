import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PoolFile, PingRow } from '../../src/stores/pool-file.ts';
import { parsePingfile } from '../../src/stores/parse-pool-file.ts';
import { readPoolFile } from '../../src/stores/read-pool-file.ts';

/** Resolves with the pingfile of a folder as soon as it fits; looks every 10 ms, as a reader on another machine does. */
export const pingfileOf = async (
  folder: string,
  fits: (file: PoolFile<PingRow>) => boolean = () => true,
): Promise<PoolFile<PingRow>> => {
  const end = Date.now() + 20_000;
  for (;;) {
    const read = await readPoolFile(join(folder, 'pingfile'), parsePingfile);
    if (read.ok && fits(read.value)) return read.value;
    if (Date.now() > end) throw new Error(`no such pingfile: ${JSON.stringify(read).slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Whether a process runs; a zombie does not. */
export const isAlive = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
};
