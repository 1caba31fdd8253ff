import type { Observation } from '../model/outcome.ts';
import type { LoadNews } from '../model/probe.ts';
import type { Id } from '../model/secondary.ts';
import type { WorkerSettings } from './worker.ts';

/** What the primary tells its worker: by what settings to run, or to go on; to ask one secondary now. */
export type ToChild =
  | { readonly type: 'settings'; readonly settings: WorkerSettings }
  | { readonly type: 'probe'; readonly number: number; readonly id: Id };

/**
 * The worker's answer to a question of that number, in two parts: what it saw, then the news of the load, which end it.
 * Instants are those of its own clock.
 */
export interface Probed {
  readonly type: 'probed';
  readonly number: number;
  readonly seen?: Observation;
  readonly news?: LoadNews;
}

/** What the worker tells its primary. */
export type ToParent =
  | Probed
  | { readonly type: 'ready' } // it listens
  | { readonly type: 'written' } // both files were written for the first time
  | { readonly type: 'failed'; readonly because: string }; // it cannot start, a sentence

/** Whether a message is one of ours; others share the channel in tests and under debuggers. */
export const isMessage = (value: unknown): value is { readonly type: string } =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
