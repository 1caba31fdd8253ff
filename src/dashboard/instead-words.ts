import type { Settings } from '../config/settings.ts';
import type { Figure } from './figures.ts';

/**
 * What new visitors get while nobody is known to take them, for people: goes on after such a sentence. It names no
 * secondary.
 */
export const insteadWords = (
  rows: readonly Pick<Figure, 'state' | 'weight'>[],
  whenAllDown: Settings['whenAllDown'],
): string => {
  switch (whenAllDown.kind) {
    case 'anyone':
      return rows.some(({ state, weight }) => state === 'ready' && weight > 0)
        ? ': visitors are sent on all the same'
        : '';
    case 'local':
      return ": they get this primary's own files";
    case 'url':
      return ': they are sent elsewhere';
    case 'sorry':
      return '';
  }
};
