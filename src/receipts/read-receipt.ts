import { LONGEST_MS } from './atlas.ts';
import { MOST_NAMED } from './stubs.ts';

/** A receipt as it came: what a browser says of the page it got. Nothing in it is believed yet. */
export interface Receipt {
  /** of the stub */
  readonly name: string;
  /** which of those that the page named the visitor went to */
  readonly went: number;
  /** of each that the page named, in its order; absent: it was not asked */
  readonly measured: readonly (Measure | undefined)[];
}

export interface Measure {
  readonly ms: number;
  /** it had not answered by then */
  readonly isAtLeast: boolean;
}

const FORM = new RegExp(`^([0-9a-z-]{3,19})\\.(\\d{1,2})((?:\\.(?:[nx]|-?\\d{1,7})){0,${MOST_NAMED}})$`);

/**
 * Reads the query of a receipt: `NAME.WENT.MEASURE.MEASURE…`. A measure is a whole number of tenths of a millisecond, with
 * a `-` before it where there was no answer by then, `x` where asking failed, `n` where nobody asked.
 */
export const readReceipt = (query: string): Receipt | undefined => {
  const [, name, went, measures] = FORM.exec(query) ?? [];
  if (name === undefined || measures === undefined) return undefined;
  return { name, went: Number(went), measured: measures.split('.').slice(1).map(readMeasure) };
};

const readMeasure = (text: string): Measure | undefined => {
  if (text === 'n') return undefined;
  if (text === 'x') return { ms: LONGEST_MS, isAtLeast: false };
  return { ms: Math.abs(Number(text)) / 10, isAtLeast: text.startsWith('-') };
};
