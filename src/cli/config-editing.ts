import type { PrimaryOptions } from '../app.ts';
import type { Change, Changed } from '../config/editing/change.ts';
import type { Editable } from '../config/editing/edit.ts';
import { reservedOf } from '../config/editing/reserved.ts';
import type { Settings } from '../config/settings.ts';

/** Makes one change of a config. */
type Edit = (about: Omit<Editable, 'registries'>, change: Change) => Promise<Changed>;

const editApart: Edit = async (about, change) => (await import('./edit-apart.ts')).editApart(about, change);

/**
 * The config as the admin door looks at it and edits it. A program that the door took out can be brought back by it; one
 * that a person took out of the file cannot.
 *
 * @param edit what a test may put in the place of a process of its own
 */
export const configEditing = (
  file: string,
  inForce: () => Settings,
  edit = editApart,
): NonNullable<PrimaryOptions['editing']> => {
  const takenOut = new Set<string>();
  return {
    show: async () => (await import('../config/editing/shown.ts')).readShown(file),
    change: async (change, onlyIf, how) => {
      const isDry = how === 'dry';
      const reserved = { inForce: reservedOf(inForce()), takenOut: [...takenOut] };
      const changed = await edit(
        { file, isDry, reserved, ...(onlyIf === undefined ? {} : { onlyIf }) },
        change,
      );
      if (changed.ok && !isDry) for (const program of changed.takenOut) takenOut.add(program);
      return changed;
    },
  };
};
