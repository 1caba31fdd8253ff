import { lineTo } from '../wire/line.ts';
import type { Wire } from '../wire/wire.ts';

/** What the two questions to a secondary go over. */
export interface TwoWires {
  readonly ping: Wire;
  readonly load: Wire;
  /** whether the second waits for the answer to the first, and is not asked where there was none */
  readonly isOne: () => boolean;
}

/** Both at the same time, each for itself. */
export const apart = (wire: Wire): TwoWires => ({ ping: wire, load: wire, isOne: () => false });

/**
 * One after the other over one connection, where both were seen to go to the same place: opening and closing one costs
 * more than a question.
 */
export const onOneLine = (wire: Wire): TwoWires => {
  let pinged: string | undefined;
  let loaded: string | undefined;
  const isOne = (): boolean => pinged !== undefined && pinged === loaded;
  return {
    ping: {
      ...wire,
      ask: (question) => {
        // the answer to HEAD leaves no line
        pinged = question.method === 'HEAD' ? undefined : lineTo(question);
        return wire.ask(isOne() ? { ...question, line: 'leave' } : question);
      },
    },
    load: {
      ...wire,
      ask: (question) => {
        loaded = lineTo(question);
        return wire.ask(isOne() ? { ...question, line: 'take' } : question);
      },
    },
    isOne,
  };
};
