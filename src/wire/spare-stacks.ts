/**
 * Until this turn of the loop is over no error has a stack. Where an answer ends together with its connection undici
 * makes an error that nobody hears, and Node has its stack printed: a twentieth of what a question costs.
 */
export const spareStacks = (): void => {
  const limit = Error.stackTraceLimit;
  if (limit === 0) return;
  Error.stackTraceLimit = 0;
  queueMicrotask(() => {
    Error.stackTraceLimit = limit;
  });
};
