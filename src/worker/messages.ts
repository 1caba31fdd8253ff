import type { WorkerSettings } from './worker.ts';

/** What the primary tells its worker: by what settings to run, or to go on. */
export interface ToChild {
  readonly type: 'settings';
  readonly settings: WorkerSettings;
}

/** What the worker tells its primary. */
export type ToParent =
  | { readonly type: 'ready' } // it listens
  | { readonly type: 'written' } // both files were written for the first time
  | { readonly type: 'failed'; readonly because: string }; // it cannot start, a sentence

/** Whether a message is one of ours; others share the channel in tests and under debuggers. */
export const isMessage = (value: unknown): value is { readonly type: string } =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
