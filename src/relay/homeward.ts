import { originFor } from '../deliveries/locate.ts';
import type { Origin, Secondary } from '../model/secondary.ts';
import type { Host } from '../model/visit.ts';

/** The scheme and authority of an absolute URL, or the authority of one that leaves its scheme open. */
const ABSOLUTE = /^(?:https?:)?\/\/[^/?#\\]*/i;

/**
 * Where a Location of a secondary leads for somebody who is carried: a listed secondary is found behind the primary, any
 * other place is where it is. A web server's own redirect (to a path with a slash behind it, say) names its port.
 */
export const homewardOf = (
  secondaries: readonly Secondary[],
): ((location: string, about: { readonly host: Host; readonly own: Origin }) => string) => {
  const ats = new Set<string>(secondaries.map(({ at }) => at));
  return (location, { host, own }) => {
    const [found] = ABSOLUTE.exec(location) ?? [];
    if (found === undefined) return location;
    const origin = found.toLowerCase();
    const isListed = (scheme: string): boolean =>
      ats.has(scheme) || secondaries.some(({ address }) => originFor(address, host) === scheme);
    const candidates = origin.startsWith('//') ? [`http:${origin}`, `https:${origin}`] : [origin];
    return candidates.some(isListed) ? own + location.slice(found.length) : location;
  };
};
