import type { EntranceSettings, Settings } from '../config/settings.ts';
import type { Target } from '../model/visit.ts';
import { pathOf } from '../model/path-of.ts';

/** How a target comes in: through an entrance or the main way, by a local file, or it is Usher's own. */
export type WayIn = Exclude<EntranceSettings, 'local'> | 'local' | 'own';

/** Paths that are Usher's own, whatever the config says. */
const DOT = 46;
const OWN = ['/.usher/', '/.well-known/acme-challenge/'];

/** Whether a target is Usher's own. */
export const isOwn = (target: string): boolean =>
  target.charCodeAt(1) === DOT && OWN.some((own) => target.startsWith(own));

/** The way of everything that no entrance names. */
export const mainWay = ({ policy, checks, delivery }: Settings): Exclude<EntranceSettings, 'local'> => ({
  policy,
  checks: checks.from,
  delivery,
  affinity: true,
});

/** The way in of one target. */
export const wayIn = (settings: Settings, target: Target): WayIn => {
  const named = settings.entrances.get(pathOf(target));
  if (named !== undefined) return named;
  return isOwn(target) ? 'own' : mainWay(settings);
};

/** Where a visitor of `/` or of an entrance lands: the landing page with his own query; everybody else stays. */
export const landingOf = ({ landing, entrances }: Settings, target: Target): Target => {
  const path = pathOf(target);
  if (path !== '/' && !entrances.has(path)) return target;
  const query = target.slice(path.length);
  if (query === '') return landing;
  return (landing.includes('?') ? `${landing}&${query.slice(1)}` : landing + query) as Target;
};
