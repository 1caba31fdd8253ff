import type { Write } from './outlet.ts';
import type { Source } from './source.ts';

/** A file without a name, for what is merged on the way: it is gone with the program, however that ends. */
export interface Scratch {
  readonly write: Write;
  /** what was written; closing it gives the room back */
  readonly source: Source;
}

/** How more files are merged than may be open at the same time. */
export interface Crowd {
  /** files that are open at the same time */
  readonly mostOpen: number;
  /** a file for what is merged on the way */
  readonly openScratch: () => Promise<Scratch>;
}
