import type { SecondarySettings } from '../config/settings.ts';
import type { Clock } from '../model/clock.ts';
import type { Observation } from '../model/outcome.ts';
import type { LoadNews, Probe } from '../model/probe.ts';
import type { Asked, Exchange } from './questions.ts';

export interface FarProbeOptions {
  readonly ask: (secondary: Asked) => Exchange | undefined;
  /** how this process asks by itself */
  readonly own: () => Promise<Probe>;
  readonly clock: Clock;
}

/**
 * Asks a secondary through the worker's process, which has loaded by then what one asks with: this one need not. It asks
 * by itself where the worker is of no use. A question that the worker leaves open says nothing of the secondary.
 */
export const createFarProbe = (
  secondary: Pick<SecondarySettings, 'id' | 'ping' | 'timeoutMs'>,
  { ask, own, clock }: FarProbeOptions,
): Probe => {
  const unknown = (): Observation => ({
    secondary: secondary.id,
    check: secondary.ping.name,
    at: clock.now(),
    outcome: { ok: false, tookMs: 0, failure: 'exhausted', detail: 'the worker gave no answer' },
  });
  const loads = new WeakMap<Promise<Observation>, Exchange['load']>();
  return {
    ping: () => {
      const exchange = ask(secondary);
      // Where the means to ask cannot be loaded, this machine lacks files or memory.
      if (exchange === undefined) return own().then((probe) => probe.ping(), unknown);
      const pinged = exchange.ping.then((seen) => seen ?? unknown());
      loads.set(pinged, exchange.load);
      return pinged;
    },
    load: async (pinged) => {
      const far = loads.get(pinged);
      if (far !== undefined) return (await far) ?? NONE;
      return own().then(
        (probe) => probe.load(pinged),
        () => NONE,
      );
    },
  };
};

const NONE: LoadNews = { kind: 'none' };
