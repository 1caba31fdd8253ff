import { extname } from 'node:path';

/** The address of a module that lies in `src/`, or built in `dist/`, for a thread or a process to run. */
export const sibling = (name: string): URL =>
  new URL(`./${name}${extname(import.meta.url)}`, import.meta.url);
