import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Loaded } from './load.ts';
import type { Mistake } from './mistake.ts';
import type { Settings } from './settings.ts';
import { isOwnWant } from './own-want.ts';
import { fingerprintOf, readContent, whyUnread } from './sources.ts';

/** What `watchConfig` needs. */
export interface WatchOptions {
  /** the files that the config in force was read from */
  readonly files: readonly string[];
  /** their state when they were read, so that no edit since then is missed; absent: their state now */
  readonly fingerprint?: string;
  /** reads the config anew */
  readonly load: () => Promise<Loaded>;
  /** told the settings of files that changed and are in order */
  readonly onChange: (settings: Settings) => void;
  /** told, once for each content, why files that changed are not in force; the last good ones still are */
  readonly onMistakes: (mistakes: readonly Mistake[]) => void;
  /** told, once until they can be read again, why files could not be read though they may be in order */
  readonly onUnread: (because: string) => void;
  /** how often the files are read, in milliseconds */
  readonly everyMs?: number;
}

/** A config that is being watched. */
export interface Watch {
  /** Reads the files at once and tells what it finds, changed or not. Who asks before it has begun gets the same. */
  readonly check: () => Promise<void>;
  readonly stop: () => void;
}

/** How soon after a hint the files are read: an editor's few writes are one edit. */
const HINT_MS = 50;

/**
 * How many polls a config that is not in order is given to become so: whoever writes it may be half way. One that goes on
 * changing and is never in order gets no more.
 */
const PATIENCE = 2;

type Reason = 'poll' | 'hint' | 'asked';

/**
 * Watches the files of a config by reading them twice a second and comparing what they hold: that works over NFS, with
 * files that are replaced, and with files that vanish and come back. The system's own watch is only a hint to look at
 * once.
 */
export const watchConfig = (options: WatchOptions): Watch => {
  const { load, onChange, onMistakes, onUnread, everyMs = 500 } = options;
  let { files, fingerprint: settled } = options;
  let suspect: { readonly fingerprint: string; readonly since: number } | undefined;
  let polls = 0;
  let isUnread = false;
  let isStopped = false;
  let turn = Promise.resolve();
  let hintTimer: NodeJS.Timeout | undefined;
  /** asked for, and not begun yet */
  let toCome: Promise<void> | undefined;

  const take = (loaded: Loaded): void => {
    settled = loaded.fingerprint;
    suspect = undefined;
    if (!loaded.ok) {
      onMistakes(loaded.mistakes);
      return;
    }
    try {
      onChange(loaded.settings);
    } catch (error) {
      onMistakes([surprise('the config could not be put in force', error)]);
    }
  };

  /** What is in force stays, and what it was read from too: the next look is as if this one had not been. */
  const leaveUnread = (because: string): void => {
    if (!isUnread) onUnread(because);
    isUnread = true;
  };

  const look = async (reason: Reason): Promise<void> => {
    if (reason === 'asked') toCome = undefined;
    if (isStopped) return;
    if (reason === 'poll') polls += 1;
    const contents = await Promise.all(files.map(readContent));
    const because = whyUnread(contents);
    if (because !== undefined) {
      leaveUnread(because);
      return;
    }
    const found = fingerprintOf(contents);
    settled ??= found;
    if (reason !== 'asked') {
      if (found === settled) {
        suspect = undefined;
        isUnread = false;
        return;
      }
      if (found === suspect?.fingerprint && polls < suspect.since + PATIENCE) return;
    }

    const loaded = await load();
    // TypeScript does not see that `stop` may have been called meanwhile
    if (isStopped as boolean) return;
    if (loaded.unread !== undefined) {
      leaveUnread(loaded.unread);
      return;
    }
    isUnread = false;
    files = loaded.files;
    hints.of(files);
    const since = suspect?.since ?? polls;
    if (loaded.ok || reason === 'asked' || polls >= since + PATIENCE) take(loaded);
    else suspect = { fingerprint: loaded.fingerprint, since };
  };

  const next = (reason: Reason): Promise<void> => {
    turn = turn
      .then(() => look(reason))
      .catch((error: unknown) => {
        if (isOwnWant(error)) leaveUnread(String(error));
        else onMistakes([surprise('the config could not be read', error)]);
      });
    return turn;
  };

  const hints = watchFolders(() => {
    hintTimer ??= setTimeout(() => {
      hintTimer = undefined;
      void next('hint');
    }, HINT_MS);
  });
  hints.of(files);

  let pollTimer: NodeJS.Timeout | undefined;
  const pollAgain = (): void => {
    if (!isStopped) pollTimer = setTimeout(() => void next('poll').then(pollAgain), everyMs);
  };
  // what the files hold now is read at once, so that nothing is missed before the first poll
  void next('hint').then(pollAgain);

  return {
    check: () => (toCome ??= next('asked')),
    stop: () => {
      isStopped = true;
      clearTimeout(pollTimer);
      clearTimeout(hintTimer);
      hints.of([]);
    },
  };
};

const surprise = (what: string, error: unknown): Mistake => ({
  path: '',
  what: `${what}: ${error instanceof Error ? error.message : String(error)}`,
  given: '',
  fits: '',
});

/** Watches the folders of files, as well as the system can; whatever keeps it from that, the polls make up for. */
const watchFolders = (onHint: () => void): { readonly of: (files: readonly string[]) => void } => {
  const watchers = new Map<string, FSWatcher>();
  let names = new Set<string>();
  const end = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const begin = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || names.has(name)) onHint();
      });
      watcher.on('error', () => {
        end(folder);
      });
      watchers.set(folder, watcher);
    } catch {
      // no such folder, no more watches to be had: the polls see to it
      watchers.delete(folder);
    }
  };
  return {
    of: (files) => {
      names = new Set(files.map((file) => basename(file)));
      const folders = new Set(files.map((file) => dirname(resolve(file))));
      for (const folder of watchers.keys()) if (!folders.has(folder)) end(folder);
      for (const folder of folders) if (!watchers.has(folder)) begin(folder);
    },
  };
};
