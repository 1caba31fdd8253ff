import type { LoadReport } from '../model/load-report.ts';
import type { Failure } from '../model/outcome.ts';
import type { Id } from '../model/secondary.ts';
import type { Health } from '../model/verdict.ts';

/** The files that carry what a worker knows: the first holds verdicts, the second load reports. */
export const PINGFILE = 'pingfile';
export const SITEFILE = 'sitefile';

/** What stands at the top of both files. Instants in files are milliseconds since 1970 by the writer's wall clock. */
export interface PoolHead {
  /** who wrote it, for people */
  readonly writer?: string;
  /** names one run of the writer; another one begins its `seq` anew */
  readonly epoch?: string | number;
  /** another number each time the file is written: how a reader knows that somebody still writes */
  readonly seq: number;
  readonly writtenAt?: number;
  /** how often it is written */
  readonly everyMs?: number;
}

/** A file that was read and found good. */
export interface PoolFile<Row> extends PoolHead {
  readonly rows: ReadonlyMap<Id, Row>;
}

/** A verdict as it stands in the pingfile; only its health must be there. */
export interface PingRow {
  readonly health: Health;
  readonly since?: number;
  readonly passes?: number;
  readonly fails?: number;
  readonly flaps?: number;
  readonly warmingSince?: number;
  /** it is up, keeps its visitors and wants no new ones */
  readonly leaving?: boolean;
  /** what the last probe saw */
  readonly evidence?: {
    readonly check?: string;
    readonly at?: number;
    readonly tookMs?: number;
    /** absent: it passed, or the writer gives no reason */
    readonly failure?: Failure;
    readonly detail?: string;
  };
}

/** A load report as it stands in the sitefile; nothing must be there. */
export interface SiteRow {
  /** when it was measured; absent: when the file was written */
  readonly at?: number;
  /** the numbers and the wish */
  readonly report: Omit<LoadReport, 'at'>;
  /** why the last reading failed, in words; the report is then an older one, or empty */
  readonly failure?: string;
}

/** Something good, or why it is refused, in words that can be printed. */
export type Parsed<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly because: string };
