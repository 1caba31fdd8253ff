import type { Journal } from '../../journal.ts';

/** Tells the operator of wrong passwords and tokens, once a second at most. */
export interface Refusals {
  readonly note: (address: string) => void;
  /** Tells those that were only counted; called once a second. */
  readonly tell: () => void;
}

/** The first is told at once; of more in the same second the last, and how many. */
export const createRefusals = (journal: Journal): Refusals => {
  let isQuiet = false;
  let last = '';
  let counted = 0;
  return {
    note: (address) => {
      if (isQuiet) {
        last = address;
        counted += 1;
        return;
      }
      isQuiet = true;
      journal({ type: 'password-refused', address });
    },
    tell: () => {
      isQuiet = counted > 0;
      if (counted > 0) journal({ type: 'password-refused', address: last, times: counted });
      counted = 0;
    },
  };
};
