import { lookup } from 'node:dns/promises';
import type { Journal } from '../journal.ts';
import { networkOf } from '../model/network.ts';
import type { Place } from '../model/place.ts';
import type { Id, Secondary } from '../model/secondary.ts';
import { fileTrouble } from '../stores/file-trouble.ts';
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
  /** Resolves when what is begun is done. */
  readonly stop: () => Promise<void>;
}

interface Means {
  readonly journal: Journal;
  /** Called whenever `now` tells something else. */
  readonly changed: () => void;
  /** how often the file is looked at */
  readonly everyMs?: number;
}

const EVERY_MS = 10_000;

/** Reads a file of places, and again when it is replaced; of one that cannot be used the last good one stands. */
export const startKeepingGeography = ({ journal, changed, everyMs = EVERY_MS }: Means): GeographyKeeping => {
  let path = '';
  let secondaries: readonly Secondary[] = [];
  /** those of `geography` */
  let placed = secondaries;
  let stamp: Stamp = '';
  let trouble = '';
  let geography: Geography | undefined;
  let whereabouts: Whereabouts | undefined;
  let isStopped = false;

  const refuse = (file: string, because: string): void => {
    if (because !== trouble) journal({ type: 'geography-refused', file, because });
    trouble = because;
  };

  const look = async (): Promise<void> => {
    const file = path;
    let bytes = geography?.file;
    try {
      const read = await readFile(file, stamp);
      stamp = read.stamp;
      if (read.bytes !== undefined) {
        const opened = openWhereabouts(read.bytes);
        if (typeof opened === 'string') refuse(file, opened);
        else {
          trouble = '';
          ({ bytes } = read);
          whereabouts = opened;
          journal({ type: 'geography-read', file });
        }
      }
    } catch (error) {
      stamp = '';
      refuse(file, fileTrouble(error));
    }
    if (bytes === undefined || whereabouts === undefined) return;
    if (bytes === geography?.file && placed === secondaries) return;
    placed = secondaries;
    geography = { file: bytes, places: await placesOf(placed, whereabouts) };
    if (!isStopped) changed();
  };

  let last = Promise.resolve();
  const then = (): void => {
    last = last.then(() => (path === '' ? undefined : look()));
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
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await last;
    },
  };
};

/** The hosts of those who are found at a place of their own and do not say where that is. */
const hostsOf = (secondaries: readonly Secondary[]): readonly (readonly [Id, string])[] =>
  secondaries.flatMap(({ id, address, place }) =>
    place === undefined && address.kind === 'own' ? [[id, new URL(address.origin).hostname] as const] : [],
  );

/** How many names are asked for at once: lookups share the few threads that files are read with. */
const AT_ONCE = 2;

const placesOf = async (
  secondaries: readonly Secondary[],
  whereabouts: Whereabouts,
): Promise<ReadonlyMap<Id, Place>> => {
  const places = new Map<Id, Place>();
  const waiting = hostsOf(secondaries).slice();
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [id, name] = next;
      const host = name.replace(/^\[(.*)\]$/, '$1');
      const address = networkOf(host) >= 0 ? host : await addressOf(host);
      const place = address === undefined ? undefined : whereabouts(address);
      if (place !== undefined) places.set(id, place);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return places;
};

const addressOf = async (host: string): Promise<string | undefined> => {
  try {
    return (await lookup(host)).address;
  } catch {
    return undefined;
  }
};
