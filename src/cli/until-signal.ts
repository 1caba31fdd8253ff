/** Resolves with the name of the signal that asks the program to end. */
export const untilSignal = (): Promise<string> => {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  return promise;
};
