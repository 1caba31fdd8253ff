import type { PoolSnapshot } from '../../model/pool.ts';
import type { Slices } from '../../model/slices.ts';
import { unpackInSlices, type Parcel } from './parcel.ts';

/** Unpacks one parcel after the other; between two slices visitors are served. */
export interface Unpacker {
  readonly hear: (parcel: Parcel) => void;
  /** Nothing more is handed over. */
  readonly stop: () => void;
}

/**
 * A parcel of a short list is unpacked at once.
 *
 * @param first what the thread had before the first parcel
 * @param take gets each snapshot, in the order of the parcels
 */
export const createUnpacker = (first: PoolSnapshot, take: (snapshot: PoolSnapshot) => void): Unpacker => {
  const waiting: Parcel[] = [];
  let last = first;
  let work: Slices<PoolSnapshot> | undefined;
  let next: NodeJS.Immediate | undefined;
  let isStopped = false;

  const goOn = (): void => {
    for (;;) {
      if (work === undefined) {
        const parcel = waiting.shift();
        if (parcel === undefined) return;
        work = unpackInSlices(parcel, last);
      }
      const { done, value } = work.next();
      if (done !== true) {
        next = setImmediate(goOn);
        return;
      }
      work = undefined;
      last = value;
      take(value);
    }
  };

  return {
    hear: (parcel) => {
      if (isStopped) return;
      waiting.push(parcel);
      if (work === undefined) goOn();
    },
    stop: () => {
      isStopped = true;
      clearImmediate(next);
    },
  };
};
