import { isFigure } from '../model/figure.ts';

const DECIMAL = /^\+?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/**
 * A finite number from 0 to 1e15, also when it comes as text; undefined for everything else. Empty text, `NaN`, `0x10`
 * and the like are no numbers here.
 */
export const numberIn = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && DECIMAL.test(value.trim()) ? Number(value) : value;
  // JSON knows a minus zero
  return isFigure(number) ? Math.abs(number) : undefined;
};
