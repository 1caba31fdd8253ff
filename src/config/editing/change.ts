import { ActionableError } from '../../errors.ts';
import { diffOf, type DiffLine } from './diff.ts';
import {
  editConfig,
  indexOf,
  IsOver,
  NotThere,
  refusePast,
  restoreVersion,
  TooLarge,
  valuesOf,
  type Editable,
  type Edited,
} from './edit.ts';
import { printMistake, type Mistake } from '../mistake.ts';
import { Busy } from './edit-lock.ts';
import { ForTheFileOnly } from './reserved.ts';
import type { Settings } from '../settings.ts';

/** What an operator wants of the config, in plain data. Values are as he gave them; the schema judges them. */
export type Change =
  | { readonly kind: 'add'; readonly secondary: Readonly<Record<string, unknown>> }
  | { readonly kind: 'set'; readonly id: string; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'restore'; readonly version: number };

/** What became of a change. Plain data. */
export type Changed =
  | {
      readonly ok: true;
      /** the file that was edited: the config's own, or that of its list */
      readonly file: string;
      /** false: it said so already */
      readonly isNew: boolean;
      readonly tag: string;
      /** number of the version that holds what was there before; absent: none was kept */
      readonly version?: number;
      /** programs that the file names no more, for the next change */
      readonly takenOut: readonly string[];
      /** what it would be, where it was only asked for */
      readonly preview?: { readonly diff: readonly DiffLine[]; readonly settings: Settings };
    }
  | {
      readonly ok: false;
      readonly because:
        'broken' | 'would-break' | 'outdated' | 'missing' | 'unwritable' | 'busy' | 'reserved' | 'over';
      /** for people */
      readonly words: string;
      /** each with its place */
      readonly mistakes: readonly (Mistake & { readonly words: string })[];
    };

/** Makes a change; whatever keeps it from being made comes back as words. */
export const makeChange = async (editable: Editable, change: Change): Promise<Changed> => {
  try {
    return toldOf(await carriedOut(editable, change), editable.isDry === true ? 'asked' : 'done');
  } catch (error) {
    if (!(error instanceof ActionableError)) throw error;
    return { ok: false, because: kindOf(error), words: `${error.message} ${error.remedy}`, mistakes: [] };
  }
};

const kindOf = (
  error: ActionableError,
): 'missing' | 'over' | 'reserved' | 'busy' | 'would-break' | 'unwritable' => {
  if (error instanceof IsOver) return 'over';
  if (error instanceof NotThere) return 'missing';
  if (error instanceof ForTheFileOnly) return 'reserved';
  if (error instanceof TooLarge) return 'would-break';
  return error instanceof Busy ? 'busy' : 'unwritable';
};

const carriedOut = (editable: Editable, change: Change): Promise<Edited> => {
  switch (change.kind) {
    case 'add':
      return editConfig(editable, ({ secondaries }) => {
        refusePast(change.secondary['until'], editable);
        return [{ path: ['secondaries', secondaries.length], value: change.secondary }];
      });
    case 'set':
      return editConfig(editable, (settings) => {
        refusePast(change.values['until'], editable);
        return valuesOf(settings, change.id, change.values);
      });
    case 'remove':
      return editConfig(editable, (settings) => [{ path: ['secondaries', indexOf(settings, change.id)] }]);
    case 'restore':
      return restoreVersion(editable, change.version);
  }
};

const toldOf = (edited: Edited, how: 'asked' | 'done'): Changed => {
  if (edited.ok) {
    const { file, before, after, tag, version, takenOut } = edited;
    const isNew = after !== before;
    return {
      ...{ ok: true, file, isNew, tag, takenOut },
      ...(version === undefined ? {} : { version }),
      ...(how === 'done' ? {} : { preview: { diff: diffOf(before, after), settings: edited.settings } }),
    };
  }
  const mistakes = edited.mistakes.map((mistake) => ({ ...mistake, words: printMistake(mistake) }));
  return { ok: false, because: edited.because, words: WORDS[edited.because], mistakes };
};

const WORDS = {
  broken: 'The config has mistakes already. Mend them in the file first, or bring a version back.',
  'would-break': 'The config would have mistakes then. It is as it was.',
  outdated: 'Somebody else has edited the config meanwhile. Look at it again, then decide.',
} as const;
