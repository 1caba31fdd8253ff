import type { Settings } from '../config/settings.ts';

/** Which sources of knowledge any visit may need. */
export const sourcesOf = ({
  checks: { from },
  entrances,
}: Pick<Settings, 'checks' | 'entrances'>): ReadonlySet<string> =>
  new Set([
    from,
    ...Array.from(entrances.values(), (entrance) => (entrance === 'local' ? '' : entrance.checks)),
  ]);
