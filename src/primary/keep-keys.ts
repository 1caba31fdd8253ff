import type { Settings } from '../config/settings.ts';
import type { Journal } from '../journal.ts';
import { readSecrets } from '../stores/secret.ts';
import { wantsSecrets } from './wants-secrets.ts';

/** The keys that cookies are signed with; none where no cookie is. */
export interface KeptKeys {
  readonly now: () => Awaited<ReturnType<typeof readSecrets>>;
  /** Affinity, or another folder, may have come with an edit: then the keys are read, and made if there are none. */
  readonly update: (settings: Settings) => void;
}

interface Means {
  readonly journal: Journal;
  /** Called when there are other keys. */
  readonly changed: () => void;
}

/** Reads the keys as soon as the settings want any. */
export const keepKeys = async (first: Settings, { journal, changed }: Means): Promise<KeptKeys> => {
  let from = wantsSecrets(first) ? first.stateFolder : undefined;
  let keys = from === undefined ? [] : await readSecrets(from);
  const readFrom = async (folder: string): Promise<void> => {
    from = folder;
    try {
      const read = await readSecrets(folder);
      if (from !== folder) return;
      keys = read;
      changed();
    } catch (error) {
      // The next edit tries again; until then the old keys count.
      if (from === folder) from = undefined;
      journal({ type: 'config-refused', file: folder, mistakes: [String(error)] });
    }
  };
  return {
    now: () => keys,
    update: (settings) => {
      if (wantsSecrets(settings) && from !== settings.stateFolder) void readFrom(settings.stateFolder);
    },
  };
};
