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
  /** so many are simply opened; of more each waits until its first line has its turn. Of gzip files no more are open */
  readonly few: number;
  /** files that are open at the same time */
  readonly mostOpen: number;
  /** as many more are, while they are merged on the way */
  readonly mostGathered: number;
  /** a file for what is merged on the way */
  readonly openScratch: () => Promise<Scratch>;
}
