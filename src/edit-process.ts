import { systemClock } from './clock.ts';
import { makeChange, type Change, type Changed } from './config/editing/change.ts';
import type { Editable } from './config/editing/edit.ts';
import { registries } from './registries.ts';

// Entry of the process that makes one change of a config, sends what became of it and ends: see cli/edit-apart.ts.
process.once('message', (asked: { about: Omit<Editable, 'registries'>; change: Change }) => {
  void makeChange({ ...asked.about, registries, wallMs: systemClock().wall() }, asked.change)
    .catch(surprise)
    .then((changed) =>
      process.send?.(changed, undefined, undefined, () => {
        process.disconnect?.();
      }),
    );
});

/** What nobody foresaw, such as a disk that fails: its reason is told where the edit was asked for. */
const surprise = (error: unknown): Changed => {
  const what = error instanceof Error ? error.message : String(error);
  const words = `The edit failed: ${what}. Look at the config before you try again.`;
  return { ok: false, because: 'unwritable', words, mistakes: [] };
};
