import type { Figure } from './figures.ts';

/**
 * Whether visitors can be served, and in words why not. It names no secondary: whoever asks `/readyz` needs no
 * password.
 */
export const readinessOf = (
  secondaries: readonly Pick<Figure, 'usable' | 'health' | 'state'>[],
): { readonly isReady: boolean; readonly words: string } => {
  if (secondaries.some(({ usable }) => usable)) return { isReady: true, words: 'ready' };
  const down = secondaries.filter(({ health }) => health === 'down').length;
  const out = secondaries.filter(({ state }) => state !== 'ready').length;
  return {
    isReady: false,
    words: `not ready: none of ${String(secondaries.length)} secondaries takes new visitors, ${String(down)} down, ${String(out)} taken out by the operator`,
  };
};
