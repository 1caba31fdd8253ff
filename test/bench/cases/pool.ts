import { alternate, flatOut, ushersWith, type Case } from '../bench.ts';

/** Pools of 2, 100 and 10,000 secondaries. */
export const pool: Case = {
  name: 'pool',
  title: 'Size of the pool: keep-alive, by the default policy (balance)',
  run: async (bench) => ({
    rows: await alternate({
      bench,
      contenders: ushersWith(
        bench,
        Object.fromEntries(
          SIZES.map((size) => [
            `${size} secondaries`,
            { job: { usher: { policy: 'balance', secondaries: secondariesOf(size) } } },
          ]),
        ),
      ),
      turn: flatOut(bench),
      seconds: bench.seconds / 2,
    }),
    notes: ['No checks: who answers is not looked at, so that only the choice is measured.'],
  }),
};

const SIZES = [2, 100, 10_000] as const;

/** A list of that many, on hosts of their own. */
export const secondariesOf = (size: number): readonly { readonly id: string; readonly url: string }[] =>
  Array.from({ length: size }, (_, at) => ({ id: `web${at}`, url: `http://web${at}.example.org` }));
