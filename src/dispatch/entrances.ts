import type { EntranceSettings, Settings } from '../config/settings.ts';
import type { Target } from '../model/visit.ts';
import { pathOf } from '../model/path-of.ts';

/** How a target comes in: through an entrance or the main way, by a local file, or it is Usher's own. */
export type WayIn = Exclude<EntranceSettings, 'local'> | 'local' | 'own';

/** Paths that are Usher's own, whatever the config says. */
const DOT = 46;
const OWN = ['/.usher/', '/.well-known/acme-challenge/'];

/** Whether a target is Usher's own. */
const isOwn = (target: string): boolean =>
  target.charCodeAt(1) === DOT && OWN.some((own) => target.startsWith(own));

/** The way of everything that no entrance names. */
export const mainWay = ({ policy, checks, delivery }: Settings): Exclude<EntranceSettings, 'local'> => ({
  policy,
  checks: checks.from,
  delivery,
  affinity: true,
});

/**
 * Tells the way in of a target: by the name its path has, the main way for every other one. Hardly any path is as long
 * as a name: most need no look-up.
 */
export const createWays = <Way>(
  named: ReadonlyMap<string, Way>,
  main: Way,
): ((target: string) => Way | 'own') => {
  const lengths = new Set(Array.from(named.keys(), (path) => path.length));
  return (target) => {
    const query = target.indexOf('?');
    if (lengths.has(query === -1 ? target.length : query)) {
      const way = named.get(query === -1 ? target : target.slice(0, query));
      if (way !== undefined) return way;
    }
    return isOwn(target) ? 'own' : main;
  };
};

/** Where a visitor of `/` or of an entrance lands: the landing page with his own query; everybody else stays. */
export const landingOf = ({ landing, entrances }: Settings, target: Target): Target => {
  const path = pathOf(target);
  if (path !== '/' && !entrances.has(path)) return target;
  const query = target.slice(path.length);
  if (query === '') return landing;
  return (landing.includes('?') ? `${landing}&${query.slice(1)}` : landing + query) as Target;
};
