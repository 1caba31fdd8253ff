import { makeChange, type Change } from './config/change.ts';
import type { Editable } from './config/edit.ts';
import { registries } from './registries.ts';

// Entry of the process that makes one change of a config, sends what became of it and ends: see cli/edit-apart.ts.
process.once('message', (asked: { about: Omit<Editable, 'registries'>; change: Change }) => {
  void makeChange({ ...asked.about, registries }, asked.change).then((changed) =>
    process.send?.(changed, undefined, undefined, () => {
      process.disconnect?.();
    }),
  );
});
