import { isDeepStrictEqual } from 'node:util';
import type { Settings } from './settings.ts';

/** New settings in which each secondary that is as it was is the same object: who goes on with them need not compare. */
export const keepUnchanged = (next: Settings, before: Settings): Settings => {
  const known = new Map(before.secondaries.map((each) => [each.id, each]));
  const secondaries = next.secondaries.map((each) => {
    const was = known.get(each.id);
    return was !== undefined && isDeepStrictEqual(was, each) ? was : each;
  });
  return { ...next, secondaries };
};
