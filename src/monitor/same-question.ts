import { isDeepStrictEqual } from 'node:util';
import type { SecondarySettings } from '../config/settings.ts';

/** Whether a verdict on the one is a verdict on the other. */
export const isSamePing = (before: SecondarySettings, after: SecondarySettings): boolean =>
  before.at === after.at && isDeepStrictEqual(before.ping, after.ping);

/** Whether a report that the one gave when it was asked how busy it is may stand for one of the other. */
export const isSameLoad = (before: SecondarySettings, after: SecondarySettings): boolean =>
  before.at === after.at && isDeepStrictEqual(before.load, after.load);
