import type { TestContext } from 'node:test';
import { startSecondary, type Secondary } from './secondary.ts';
import { startUsher, type Usher } from './usher.ts';

/** Starts an Usher with the secondaries `one` and `two`, and waits until the second is up; it ends with the test. */
export const startTwo = async (
  t: TestContext,
  config: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly one: Secondary; readonly two: Secondary; readonly usher: Usher }> => {
  const [one, two] = [await startSecondary('1'), await startSecondary('2')];
  const usher = await startUsher({
    config: {
      ...config,
      secondaries: [
        { id: 'one', port: one.port },
        { id: 'two', port: two.port },
      ],
    },
  });
  t.after(usher.stop);
  await usher.event('health-changed', { fits: ({ secondary, to }) => secondary === 'two' && to === 'up' });
  return { one, two, usher };
};
