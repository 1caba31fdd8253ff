import type { Journal } from '../journal.ts';
import type { Place } from '../model/place.ts';
import type { Id, Secondary } from '../model/secondary.ts';
import { fileTrouble } from '../stores/file-trouble.ts';
import { hostsOf, lookUp, placesOfAddresses, placesOfNames, type LookUp } from './places-of.ts';
import { readFile, type Stamp } from './read-file.ts';
import { openWhereabouts, type Whereabouts } from './whereabouts.ts';

/** Where visitors and secondaries are, as far as a file tells. Plain data, of which the threads share the large part. */
export interface Geography {
  /** the bytes of the file */
  readonly file: SharedArrayBuffer;
  /** of the secondaries that do not say themselves where they are */
  readonly places: ReadonlyMap<Id, Place>;
}

export interface GeographyKeeping {
  readonly now: () => Geography | undefined;
  /** Another file, or other secondaries. */
  readonly update: (file: string, secondaries: readonly Secondary[]) => void;
  /** Resolves when the file is read, and all names are looked up that the list has by now. */
  readonly settled: () => Promise<void>;
  /** Resolves when no file is open; a lookup that is under way ends by itself, and nobody waits for it. */
  readonly stop: () => Promise<void>;
}

interface Means {
  readonly journal: Journal;
  /** Called whenever `now` tells something else. */
  readonly changed: () => void;
  /** how often the file is looked at */
  readonly everyMs?: number;
  /** finds the addresses of those who are known by name */
  readonly addressOf?: LookUp;
}

const EVERY_MS = 10_000;

/**
 * Reads a file of places, and again when it is replaced; of one that cannot be used the last good one stands. Visitors are
 * looked up in it at once, secondaries with a name as soon as all names are found or known to be nobody's.
 */
export const startKeepingGeography = (means: Means): GeographyKeeping => {
  const { journal, changed, everyMs = EVERY_MS, addressOf = lookUp } = means;
  let path = '';
  let secondaries: readonly Secondary[] = [];
  /** those whose places in this file are known; absent: some are still looked up */
  let placed: typeof secondaries | undefined = secondaries;
  let stamp: Stamp = '';
  let trouble = '';
  let geography: Geography | undefined;
  let whereabouts: Whereabouts | undefined;
  let reading: Promise<unknown> = Promise.resolve();
  let isStopped = false;

  const refuse = (file: string, because: string): void => {
    if (because !== trouble) journal({ type: 'geography-refused', file, because });
    trouble = because;
  };

  /** The bytes of the file, where they are others than before and can be used. */
  const readAnew = async (file: string): Promise<SharedArrayBuffer | undefined> => {
    try {
      const begun = readFile(file, stamp);
      reading = begun.catch(() => undefined);
      const read = await begun;
      stamp = read.stamp;
      if (read.bytes === undefined) return undefined;
      const opened = openWhereabouts(read.bytes);
      if (typeof opened === 'string') {
        refuse(file, opened);
        return undefined;
      }
      trouble = '';
      whereabouts = opened;
      journal({ type: 'geography-read', file });
      return read.bytes;
    } catch (error) {
      stamp = '';
      refuse(file, fileTrouble(error));
      return undefined;
    }
  };

  const publish = (next: Geography): void => {
    geography = next;
    changed();
  };

  const look = async (): Promise<void> => {
    const wanted = path;
    const anew = await readAnew(wanted);
    const file = anew ?? geography?.file;
    if (isStopped || file === undefined || whereabouts === undefined) return;
    if (anew !== undefined) placed = undefined;
    if (placed === secondaries) return;

    const list = secondaries;
    const { places, names } = placesOfAddresses(hostsOf(list), whereabouts);
    if (anew !== undefined && names.length > 0) {
      publish({ file, places: new Map([...(geography?.places ?? []), ...places]) });
    }
    const isWanted = (): boolean => !isStopped && path === wanted && secondaries === list;
    const found = await placesOfNames(names, { addressOf, whereabouts, isWanted });
    if (!isWanted()) return;
    placed = list;
    publish({ file, places: new Map([...places, ...found]) });
  };

  let last = Promise.resolve();
  const then = (): void => {
    last = last.then(() => (isStopped || path === '' ? undefined : look()));
  };
  const timer = setInterval(then, everyMs).unref();
  return {
    now: () => geography,
    update: (file, list) => {
      const isOther = JSON.stringify(hostsOf(list)) !== JSON.stringify(hostsOf(secondaries));
      if (file !== path) stamp = '';
      if (file === path && !isOther) return;
      path = file;
      if (isOther) secondaries = list;
      then();
    },
    settled: () => last,
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await reading;
    },
  };
};
