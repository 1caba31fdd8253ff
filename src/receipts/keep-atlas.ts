import type { Journal } from '../journal.ts';
import type { Id } from '../model/secondary.ts';
import { fileTrouble } from '../stores/file-trouble.ts';
import { clearDrafts, readAtlas, writeAtlas } from './atlas-file.ts';
import type { Atlas } from './atlas.ts';

/** Keeps an atlas over restarts. */
export interface AtlasKeeping {
  /** Takes over another list: of secondaries that took a slot over nothing is known. */
  readonly update: (slots: ReadonlyMap<Id, number>) => void;
  /** Writes what is new for the last time. */
  readonly stop: () => Promise<void>;
}

export interface AtlasKeepingOptions {
  /** of what is kept; asked each time */
  readonly folder: () => string;
  readonly atlas: Atlas;
  readonly slots: ReadonlyMap<Id, number>;
  /** milliseconds since 1970 */
  readonly wall: () => number;
  readonly journal: Journal;
  /** hears which slots went to other secondaries */
  readonly forgotten: (slots: ReadonlySet<number>) => void;
}

/** What a crash may lose. */
const EVERY_MS = 60_000;

/** Reads what was known before, then writes every minute what has been learned since. */
export const startKeepingAtlas = ({
  folder,
  atlas,
  wall,
  journal,
  forgotten,
  ...given
}: AtlasKeepingOptions): AtlasKeeping => {
  let { slots } = given;
  let written = atlas.changes();
  let trouble = '';
  const write = async (): Promise<void> => {
    const changes = atlas.changes();
    if (changes === written) return;
    try {
      await writeAtlas(folder(), atlas, slots);
      written = changes;
      trouble = '';
    } catch (error) {
      const because = fileTrouble(error);
      if (because !== trouble) journal({ type: 'files-unwritten', file: `${folder()}/networks`, because });
      trouble = because;
    }
  };
  const begin = async (): Promise<void> => {
    await clearDrafts(folder());
    await readAtlas(folder(), atlas, () => ({ slots, now: Math.floor(wall() / 1000) }));
  };
  let last = begin().catch(() => undefined);
  const then = (): void => {
    last = last.then(write);
  };
  const timer = setInterval(then, EVERY_MS);
  return {
    update: (next) => {
      // Who had the slot may have left lists ago: whoever was not there just before begins unknown.
      const taken = new Set<number>();
      for (const [id, slot] of next) if (slots.get(id) !== slot) taken.add(slot);
      if (taken.size > 0) {
        atlas.forget(taken);
        forgotten(taken);
      }
      slots = next;
    },
    stop: async () => {
      clearInterval(timer);
      then();
      await last;
    },
  };
};
