import { ActionableError } from '../errors.ts';
import type { State } from '../model/secondary.ts';
import { applyEdits, type Edit } from './apply-edits.ts';
import { likely } from './likely.ts';
import { parseConfig } from './load.ts';
import type { Mistake } from './mistake.ts';
import { replaceFile } from './replace-file.ts';
import type { Registries } from './schema.ts';
import type { Settings } from './settings.ts';
import { readSources, type Sources } from './sources.ts';

/** What an edit did; or why it was refused, and then the files are as they were. */
export type Edited =
  | {
      readonly ok: true;
      /** the file that was edited: the config's own, or that of its list */
      readonly file: string;
      readonly before: string;
      /** the same as before where there was nothing to do */
      readonly after: string;
      readonly settings: Settings;
    }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** A config to be edited. */
export interface Editable {
  /** its `usher.json` */
  readonly file: string;
  readonly registries: Registries;
}

/**
 * Edits a config in the file that holds what is edited, so that only that changes. Refused where the config has
 * mistakes before or would have some after. Two edits at once, also of two processes, come one after the other.
 *
 * @param edits from the settings as they are to the changes; paths are those of a config with its list in it, and
 *   either all of them lead into `secondaries` or none
 */
export const editConfig = async (
  { file, registries }: Editable,
  edits: (settings: Settings) => readonly Edit[],
): Promise<Edited> => {
  const first = await planned({ file, registries }, edits);
  if (!first.ok || first.after === first.before) return first;
  let edited: Edited = first;
  await replaceFile(first.file, async () => {
    // somebody else may have edited it while we waited
    edited = await planned({ file, registries }, edits);
    return edited.ok && edited.file === first.file && edited.after !== edited.before
      ? edited.after
      : undefined;
  });
  return edited;
};

/**
 * Sets what the operator wants of a secondary, in the file that lists it.
 *
 * @throws ActionableError when the config has no such secondary
 */
export const setState = (
  editable: Editable,
  { id, state }: { readonly id: string; readonly state: State },
): Promise<Edited> =>
  editConfig(editable, ({ secondaries }) => {
    const index = secondaries.findIndex((secondary) => secondary.id === id);
    const ids = secondaries.map((secondary) => secondary.id);
    if (index < 0) throw noSuchSecondary(id, ids);
    return secondaries[index]?.state === state
      ? []
      : [{ path: ['secondaries', index, 'state'], value: state }];
  });

const planned = async (
  { file, registries }: Editable,
  edits: (settings: Settings) => readonly Edit[],
): Promise<Edited> => {
  const sources = await readSources(file);
  const parsed = await parseConfig(sources, registries);
  if (!parsed.ok) return parsed;
  const wanted = edits(parsed.settings);
  const isListed = sources.list !== undefined && wanted.some(({ path }) => path[0] === 'secondaries');
  const page = isListed ? sources.list : sources;
  // parsed, so both could be read
  const before = page.content.ok ? page.content.text : '';
  const after = applyEdits(
    before,
    isListed ? wanted.map((edit) => ({ ...edit, path: edit.path.slice(1) })) : wanted,
  );
  const changed: Sources = withText(sources, page.file, after);
  const result = await parseConfig(changed, registries);
  return result.ok ? { ok: true, file: page.file, before, after, settings: result.settings } : result;
};

const withText = (sources: Sources, file: string, text: string): Sources => {
  const content = { ok: true, text } as const;
  if (sources.list?.file === file) return { ...sources, list: { file, content } };
  return { ...sources, content };
};

const noSuchSecondary = (id: string, ids: readonly string[]): ActionableError => {
  const guess = likely(id, ids);
  const shown = ids.length > 20 ? [...ids.slice(0, 20), '…'] : ids;
  return new ActionableError(
    `The config has no secondary ${JSON.stringify(id)}.`,
    guess === undefined ? `It has ${shown.join(', ')}.` : `Did you mean ${guess}?`,
  );
};
