import type { Settings } from '../../config/settings.ts';
import { startKeepingGeography } from '../../geography/keep-geography.ts';
import { openWhereabouts } from '../../geography/whereabouts.ts';
import type { Clock } from '../../model/clock.ts';
import type { Draw, NearnessView } from '../../model/policy.ts';
import type { Id, Secondary } from '../../model/secondary.ts';
import { readAtlas } from '../../receipts/atlas-file.ts';
import { allocateAtlas, openAtlas } from '../../receipts/atlas.ts';

/** What the policy `nearest` goes by: what networks measured, and where everybody is. */
export interface Nearness extends Pick<Draw, 'near' | 'whereabouts'> {
  /** Where a secondary is, if it says so or the file tells. */
  readonly placeOf: (secondary: Secondary) => Secondary['place'];
}

export interface NearnessSources {
  readonly settings: Settings;
  readonly slots: ReadonlyMap<Id, number>;
  /** what networks measured, as the running primary knows it; absent: its file tells, which is older */
  readonly measured: NearnessView | undefined;
  readonly clock: Pick<Clock, 'wall'>;
}

export const nearness = async ({ settings, slots, measured, clock }: NearnessSources): Promise<Nearness> => {
  const near = measured ?? (await measuredBefore({ settings, slots, clock }));
  const { geo, secondaries } = settings;
  if (geo === undefined) return { near, placeOf: ({ place }) => place };
  const keeping = startKeepingGeography({ journal: () => undefined, changed: () => undefined });
  keeping.update(geo, secondaries);
  await keeping.settled();
  await keeping.stop();
  const { file, places } = keeping.now() ?? {};
  const whereabouts = file === undefined ? 'not read' : openWhereabouts(file);
  return {
    near,
    ...(typeof whereabouts === 'string' ? {} : { whereabouts }),
    placeOf: ({ id, place }) => place ?? places?.get(id),
  };
};

/** What a primary wrote down that ran by this config. */
const measuredBefore = async ({
  settings,
  slots,
  clock: { wall },
}: Omit<NearnessSources, 'measured'>): Promise<NearnessView> => {
  const near = openAtlas(allocateAtlas(), wall);
  await readAtlas(settings.stateFolder, near, () => ({ slots, now: Math.floor(wall() / 1000) }));
  return near;
};
