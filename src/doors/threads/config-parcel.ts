import { isDeepStrictEqual } from 'node:util';
import type { ConfigParcel, ThreadConfig } from './messages.ts';

/** Packs a config. @param before what the thread has */
export const packConfig = ({ settings, ...config }: ThreadConfig, before: ThreadConfig): ConfigParcel => {
  const { secondaries, ...others } = settings;
  const known = before.settings.secondaries;
  const places = new Map(known.map((each, place) => [each, place]));
  return {
    ...config,
    settings: others,
    secondaries: secondaries.map((each) => places.get(each) ?? each),
    slots: isDeepStrictEqual(config.slots, before.slots) ? 'as before' : config.slots,
  };
};

/** The config that a parcel brings to a thread that had the one before; who is the same is the same object. */
export const unpackConfig = (
  { settings, secondaries, slots, ...config }: ConfigParcel,
  before: ThreadConfig,
): ThreadConfig => {
  const known = before.settings.secondaries;
  const listed = secondaries.map((each) => (typeof each === 'number' ? known[each] : each));
  return {
    ...config,
    settings: { ...settings, secondaries: listed.filter((each) => each !== undefined) },
    slots: slots === 'as before' ? before.slots : slots,
  };
};
