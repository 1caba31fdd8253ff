/** A longer list is worth the time that sweeping more often takes. */
const LONG_LIST = 1000;

/** How much a heap may grow before it is swept again; left to itself V8 lets it grow to four times its size. */
const GROWS = '--heap-growing-percent=30';

/**
 * Flags for the worker's process: what it asks with is thrown away within the second. Measured with 10,000 secondaries on
 * Node 26: 227 MB instead of 412, for no more of the processor's time.
 */
export const WORKER_FLAGS = ['--max-semi-space-size=8', GROWS] as const;

/** Has V8 rather sweep than grow, in a command that goes through much and keeps little: a quarter less memory. */
export const keepHeapSmall = (): void => {
  process.getBuiltinModule('node:v8').setFlagsFromString('--optimize-for-size');
};

/**
 * Gives back what loading its modules left in this thread's heap, 4 to 6 MB: V8 would sweep it out only
 * when more is wanted. Takes 30 ms, and does nothing unless `usher.js` lets heaps be swept, as while a primary starts.
 */
export const sweepHeap = (): void => {
  const sweep = globalThis.gc ?? sweepOfNewContext();
  // sync: the types know no promise of the other kind
  sweep?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
};

/** The context of the main thread is older than the flag. */
const sweepOfNewContext = (): typeof globalThis.gc =>
  process.getBuiltinModule('node:vm').runInNewContext('globalThis.gc') as typeof globalThis.gc;

/**
 * Sweeps the heap, and from now on has V8 optimise what runs often as soon as it does by itself, of which `usher.js` kept
 * it until here. It must be able to make good what it left: with no function small enough to optimise, a start would be
 * smaller still, but V8 never looks again at what it passed over.
 */
export const startIsOver = (): void => {
  sweepHeap();
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  for (const flag of USUAL) setFlagsFromString(flag);
};

/** What V8 sets by itself, of the flags that `usher.js` sets. */
const USUAL = ['--no-efficiency-mode', '--no-expose-gc'] as const;

/** Has the heaps of this process swept more often where the list is long: every snapshot of it is thrown away whole. */
export const keepHeapsTight = (secondaries: number): void => {
  if (secondaries > LONG_LIST) process.getBuiltinModule('node:v8').setFlagsFromString(GROWS);
};
