import type { Command } from './command.ts';

/** Loads the command only when it is called: `usher start` must not wait for what it does not need. */
type Lazy = () => Promise<Command>;

/** Every verb, in the order of `usher help`. */
export const commands: Readonly<Record<string, Lazy>> = {
  start: async () => (await import('./start.ts')).start,
  worker: async () => (await import('./worker.ts')).worker,
  check: async () => (await import('./check.ts')).check,
  validate: async () => (await import('./validate.ts')).validate,
  explain: async () => (await import('./explain.ts')).explain,
  status: async () => (await import('./status.ts')).status,
  doctor: async () => (await import('./doctor.ts')).doctor,
  init: async () => (await import('./init.ts')).init,
  schema: async () => (await import('./schema.ts')).schema,
  drain: async () => (await import('./set-state.ts')).drain,
  maintenance: async () => (await import('./set-state.ts')).maintenance,
  ready: async () => (await import('./set-state.ts')).ready,
  password: async () => (await import('./password.ts')).password,
  report: async () => (await import('./report.ts')).report,
  mergelogs: async () => (await import('./mergelogs.ts')).mergelogs,
  simulate: async () => (await import('./simulate.ts')).simulate,
  completions: async () => (await import('./completions.ts')).completionsOf(commands),
  bench: async () => (await import('./bench.ts')).bench,
};
