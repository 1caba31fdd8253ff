import type { Clock } from '../model/clock.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Failed } from '../wire/wire.ts';

/** What a probe saw, before its time is added; a probe that knows better how long the way was says so itself. */
export type Seen =
  { readonly ok: true; readonly detail?: string; readonly tookMs?: number; readonly leaving?: true } | Failed;

/** Probes and takes the time. */
export const timed = async (clock: Clock, probe: () => Promise<Seen>): Promise<Outcome> => {
  const startedAt = clock.now();
  const seen = await probe();
  return { tookMs: clock.now() - startedAt, ...seen };
};
