import { printMistake } from '../config/mistake.ts';
import type { Settings } from '../config/settings.ts';
import { watchConfig } from '../config/watch.ts';
import type { Journal } from '../journal.ts';
import { loadApart } from './load-apart.ts';
import type { LoadedSettings } from './load-settings.ts';

/** A config that a running command follows. */
export interface FollowedConfig {
  /** mistakes of the files as they are now, printed; empty: what is in force is what they say */
  readonly mistakes: () => readonly string[];
  readonly stop: () => void;
}

/** Takes over every edit of the config and tells of it; SIGHUP has it read at once. */
export const followConfig = (
  { file, files, fingerprint }: LoadedSettings,
  { journal, update }: { readonly journal: Journal; readonly update: (settings: Settings) => void },
): FollowedConfig => {
  let mistakes: readonly string[] = [];
  const watch = watchConfig({
    files,
    fingerprint,
    load: () => loadApart(file),
    onChange: (settings) => {
      mistakes = [];
      update(settings);
      journal({ type: 'config-loaded', file, secondaries: settings.secondaries.length });
    },
    onMistakes: (found) => {
      mistakes = found.map(printMistake);
      journal({ type: 'config-refused', file, mistakes });
    },
    onUnread: (because) => {
      journal({ type: 'config-unread', file, because });
    },
  });
  const look = (): void => void watch.check();
  process.on('SIGHUP', look);
  return {
    mistakes: () => mistakes,
    stop: () => {
      process.off('SIGHUP', look);
      watch.stop();
    },
  };
};
