import type { SecondarySettings } from '../config/settings.ts';
import type { Observation } from '../model/outcome.ts';
import type { Probe } from '../model/probe.ts';
import type { Probed } from './messages.ts';

export interface AnswerOptions {
  /** as they were told last; empty before that */
  readonly secondaries: () => readonly SecondarySettings[];
  readonly probeOf: (secondary: SecondarySettings) => Probe;
  readonly say: (answer: Probed) => void;
}

/** Answers what the primary asks the worker's process: both halves of a probe, each as soon as it is known. */
export const createAnswers = ({ secondaries, probeOf, say }: AnswerOptions) => {
  const probes = new WeakMap<SecondarySettings, Probe>();
  return async ({ number, id }: { readonly number: number; readonly id: string }): Promise<void> => {
    const secondary = secondaries().find((each) => each.id === id);
    if (secondary === undefined) {
      say({ type: 'probed', number, news: { kind: 'none' } });
      return;
    }
    const probe = probes.get(secondary) ?? probeOf(secondary);
    probes.set(secondary, probe);
    const pinged: Promise<Observation> = probe.ping();
    const loaded = probe.load(pinged);
    const seen = await pinged;
    say({ type: 'probed', number, seen });
    say({ type: 'probed', number, news: await loaded });
  };
};
