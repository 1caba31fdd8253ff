import type { Settings } from '../config/settings.ts';
import type { Figure } from './figures.ts';
import { insteadWords } from './instead-words.ts';

/**
 * Whether somebody is known to take visitors, and in words why not. What visitors get then, by `whenAllDown`, makes
 * nothing ready: another primary may know somebody. It names no secondary: whoever asks `/readyz` needs no password.
 */
export const readinessOf = (
  secondaries: readonly Pick<Figure, 'usable' | 'health' | 'state' | 'weight'>[],
  whenAllDown: Settings['whenAllDown'],
): { readonly isReady: boolean; readonly words: string } => {
  if (secondaries.some(({ usable }) => usable)) return { isReady: true, words: 'ready' };
  const down = secondaries.filter(({ health }) => health === 'down').length;
  const out = secondaries.filter(({ state }) => state !== 'ready').length;
  return {
    isReady: false,
    words: `not ready: none of ${String(secondaries.length)} secondaries takes new visitors, ${String(down)} down, ${String(out)} taken out by the operator${insteadWords(secondaries, whenAllDown)}`,
  };
};
