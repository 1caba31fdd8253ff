import type { LoadReport } from './load-report.ts';
import type { Observation } from './outcome.ts';

/** What a probe learned of the load: a report, why there is none, or nothing because nobody was asked or there. */
export type LoadNews =
  | { readonly kind: 'report'; readonly report: LoadReport }
  | { readonly kind: 'failure'; readonly because: string }
  | { readonly kind: 'none' };

/**
 * Asks one secondary. Its two questions are asked and answered on their own, so that a slow load reader holds up no
 * verdict. Neither ever rejects.
 */
export interface Probe {
  /** whether it is there */
  readonly ping: () => Promise<Observation>;
  /** how busy it is; one that has no load reader tells it by the time that the ping took */
  readonly load: (pinged: Promise<Observation>) => Promise<LoadNews>;
}
