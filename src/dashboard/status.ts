import type { Source } from '../model/pool.ts';
import type { Receipts } from './counts.ts';
import type { ComplaintRow } from './complaints.ts';
import type { Row } from './row.ts';
import type { Tone } from './words.ts';

/** How new the news of the pool is. */
export interface News {
  readonly source: Source;
  /** grows with every snapshot */
  readonly seq: number;
  /** when the snapshot in force was made or first seen, ISO 8601; `null`: there is none yet */
  readonly at: string | null;
  /** `null`: there is none yet, or nobody is asked */
  readonly ageMs: number | null;
  /** older than three intervals of whoever brings it */
  readonly isStale: boolean;
  /** the age at which it is; `null` where news comes only with visitors */
  readonly staleAfterMs: number | null;
  /** for people */
  readonly words: string;
  readonly tone: Tone;
}

/** A running Usher at one instant, as the dashboard, the API and `usher status` show it. Plain data, JSON as it is. */
export interface Status {
  readonly version: string;
  /** ISO 8601 */
  readonly at: string;
  /** the whole in one sentence */
  readonly headline: { readonly words: string; readonly tone: Tone };
  readonly news: News;
  readonly config: { readonly ok: boolean; readonly mistakes: readonly string[] };
  /** how many secondaries new visitors may be sent to */
  readonly usable: number;
  readonly visits: {
    /** mean of the last 5 s */
    readonly perSecond: number;
    readonly chosen: number;
    readonly kept: number;
    /** visits that nobody could take */
    readonly none: number;
    /** by status */
    readonly refused: Readonly<Record<string, number>>;
    /** connections closed unheard */
    readonly dropped: number;
  };
  /** what visitors' browsers told; absent: nobody asks them */
  readonly receipts?: Receipts;
  /** what visitors say did not work for them, by network, the most frequent first; the last 256 */
  readonly complaints: readonly ComplaintRow[];
  readonly secondaries: readonly Row[];
}

/** The same without the secondaries one by one. */
export type Summary = Omit<Status, 'secondaries'>;
