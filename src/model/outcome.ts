import type { Instant } from './clock.ts';
import type { Id } from './secondary.ts';

/** Why a probe found no working secondary. */
export type Failure =
  | 'refused' // nobody listens there
  | 'timeout' // no whole answer in time
  | 'reset' // the connection was cut
  | 'unreachable' // no route, or the network is down
  | 'unresolved' // the name has no address
  | 'tls' // no trust in the certificate, or no common TLS
  | 'status' // an HTTP status that was not asked for
  | 'redirected' // an answer that leads to another origin
  | 'text-missing' // the expected text is not in the answer
  | 'too-large' // more than 64 KiB
  | 'garbage' // not the protocol, or not the expected form
  | 'exhausted' // this machine has no more ports, files or memory: says nothing of the secondary
  | 'command'; // the exec check's command said no or could not run

/** What one probe saw. */
export type Outcome =
  | {
      readonly ok: true;
      readonly tookMs: number;
      readonly detail?: string;
      /** it works, and asks to be left: keeps its visitors, wants no new ones */
      readonly leaving?: true;
    }
  | { readonly ok: false; readonly tookMs: number; readonly failure: Failure; readonly detail: string };

/** An outcome with its whom, what and when. */
export interface Observation {
  readonly secondary: Id;
  /** name of the check, e.g. `http` */
  readonly check: string;
  readonly at: Instant;
  readonly outcome: Outcome;
}
