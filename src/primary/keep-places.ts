import type { Settings } from '../config/settings.ts';
import { mainWay } from '../dispatch/entrances.ts';
import type { GeographyKeeping } from '../geography/keep-geography.ts';
import type { Journal } from '../journal.ts';
import { once } from '../once.ts';

/** Where visitors and secondaries are, of a whole process. */
export interface KeptPlaces {
  /** bytes of the file, for the threads to look addresses up in; absent: there is none, or it is not read yet */
  readonly file: () => SharedArrayBuffer | undefined;
  /** The settings, with the places of those secondaries that do not say themselves where they are. */
  readonly placed: (settings: Settings) => Settings;
  readonly update: (settings: Settings) => void;
  readonly stop: () => Promise<void>;
}

interface Means {
  readonly journal: Journal;
  /** Called whenever the file or the places are others. */
  readonly changed: () => void;
}

/** Reads the file of places, as soon as a way through goes by it. */
export const keepPlaces = ({ journal, changed }: Means): KeptPlaces => {
  let keeping: GeographyKeeping | undefined;
  let wanted: Settings | undefined;
  const start = once(async () => {
    const { startKeepingGeography } = await import('../geography/keep-geography.ts');
    keeping = startKeepingGeography({ journal, changed });
  });
  const now = () => (wanted === undefined ? undefined : keeping?.now());
  return {
    file: () => now()?.file,
    placed: (settings) => {
      const { places } = now() ?? {};
      if (places === undefined || places.size === 0) return settings;
      const secondaries = settings.secondaries.map((secondary) => {
        const place = secondary.place ?? places.get(secondary.id);
        return place === undefined ? secondary : { ...secondary, place };
      });
      return { ...settings, secondaries };
    },
    update: (settings) => {
      const ways = [mainWay(settings), ...settings.entrances.values()];
      const isWanted = ways.some((way) => way !== 'local' && way.policy.name === 'nearest');
      wanted = isWanted && settings.geo !== undefined ? settings : undefined;
      if (wanted === undefined) return;
      void start().then(() => {
        if (wanted?.geo !== undefined) keeping?.update(wanted.geo, wanted.secondaries);
      });
    },
    stop: async () => {
      wanted = undefined;
      await keeping?.stop();
    },
  };
};
