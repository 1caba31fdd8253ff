import type { Entry } from '../journal.ts';
import type { Id } from '../model/secondary.ts';
import type { Health } from '../model/verdict.ts';

/** Events since the start, counted. */
export interface Tally {
  readonly byType: ReadonlyMap<Entry['type'], number>;
  /** how often each secondary turned, by what it turned to; of those that left too */
  readonly turns: ReadonlyMap<Id, Readonly<Record<Health, number>>>;
  /** when the config was last read and taken over, milliseconds since 1970 */
  readonly loadedAt: () => number | undefined;
  readonly note: (entry: Entry) => void;
}

/** Counts events; those of before are counted first. */
export const createTally = (before: readonly Entry[]): Tally => {
  const byType = new Map<Entry['type'], number>();
  const turns = new Map<Id, Record<Health, number>>();
  let loadedAt: number | undefined;
  const note = (entry: Entry): void => {
    byType.set(entry.type, (byType.get(entry.type) ?? 0) + 1);
    if (entry.type === 'config-loaded') loadedAt = Date.parse(entry.at);
    if (entry.type !== 'health-changed') return;
    const of = turns.get(entry.secondary) ?? { unknown: 0, up: 0, down: 0 };
    of[entry.to] += 1;
    turns.set(entry.secondary, of);
  };
  for (const entry of before) note(entry);
  return { byType, turns, loadedAt: () => loadedAt, note };
};
