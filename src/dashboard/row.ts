import type { Rejection } from '../model/decision.ts';
import type { LoadReport } from '../model/load-report.ts';
import type { Id, Role, State } from '../model/secondary.ts';
import type { Health } from '../model/verdict.ts';
import type { OwnWish } from '../verdicts/own-wish.ts';

/** What the last check of a secondary saw. */
export interface RowCheck {
  /** the check's name, e.g. `http` */
  readonly name: string;
  readonly ok: boolean;
  /** ISO 8601; `null` when it cannot be dated */
  readonly at: string | null;
  readonly tookMs: number;
  /** for people */
  readonly words: string;
  /** the evidence, as the network or the secondary gave it: hostile text */
  readonly detail?: string;
  /** how many in a row said the same */
  readonly inARow: number;
}

/** What a secondary last said of its load. */
export interface RowLoad extends Omit<LoadReport, 'at'> {
  /** ISO 8601; `null` when it cannot be dated */
  readonly at: string | null;
  /** for people */
  readonly words: string;
}

/** One secondary as the dashboard, the API and `usher status` show it. Plain data. */
export interface Row {
  readonly id: Id;
  /** where visitors find it: `:8086`, or an origin */
  readonly address: string;
  /** where the primary itself reaches it */
  readonly at: string;
  readonly role: Role;
  readonly state: State;
  /** when the state ends by itself, ISO 8601; absent: it does not */
  readonly until?: string;
  /** the file that takes it out, whatever the list says */
  readonly takenOutBy?: string;
  /** what it asks for itself, beyond the list: `drain` when it is leaving; absent: nothing */
  readonly ownWish?: OwnWish;
  readonly health: Health;
  /** when health last turned, ISO 8601; `null` when nobody knows */
  readonly since: string | null;
  readonly weight: number;
  /** learned from its reports: its capacity over its weight; absent: it never reported */
  readonly capacity?: number;
  /** below 1 while it comes back */
  readonly warmth: number;
  /** new visitors may be sent there */
  readonly usable: boolean;
  /** why no new visitors are sent there */
  readonly passedOver?: { readonly why: Rejection; readonly words: string; readonly detail?: string };
  /** about how many visitors are bound to it by their cookie */
  readonly bound: number;
  /** whom it may still have while it drains */
  readonly left?: {
    /** about how many */
    readonly visitors: number;
    /** when the last cookie that names it ends at the latest, ISO 8601; `null`: there is none any more */
    readonly until: string | null;
    /** there may be others, who got their cookies before Usher started: nobody counted them */
    readonly hasUncounted?: boolean;
  };
  readonly check?: RowCheck;
  readonly load?: RowLoad;
  /** why its load cannot be read, as the network gave it: hostile text; `load` is then the last that could */
  readonly loadFailure?: string;
  readonly share: {
    /** of new visitors, by weight, warmth and what it asks for itself */
    readonly wanted: number;
    /** of the new visitors of the last minute; `null` when there were none */
    readonly given: number | null;
  };
  readonly visits: {
    readonly chosen: number;
    readonly kept: number;
    /** mean of the last 5 s */
    readonly perSecond: number;
  };
}
