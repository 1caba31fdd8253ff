import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';

let names = 0;

/** A name beside a file that nobody has; a process that had our number before us may have left one. */
export const aside = async (file: string): Promise<string> => {
  const name = `${file}.${hostname()}.${process.pid}.${(names += 1)}`;
  await rm(name, { force: true });
  return name;
};
