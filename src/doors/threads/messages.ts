import type { SecondarySettings, Settings } from '../../config/settings.ts';
import type { LedgerShape } from '../../dispatch/ledger/ledger.ts';
import type { ExitCode } from '../../errors.ts';
import type { Event } from '../../journal.ts';
import type { Complaint } from '../../model/complaint.ts';
import type { Id } from '../../model/secondary.ts';
import type { ReceiptsMemory } from '../../receipts/receipts.ts';
import type { BudgetMemory } from '../../relay/budget.ts';
import type { Parcel } from './parcel.ts';

/** Everything a door thread needs to answer visits, but the snapshots. Plain data. */
export interface ThreadConfig {
  readonly settings: Settings;
  readonly slots: ReadonlyMap<Id, number>;
  readonly ledger: { readonly memory: SharedArrayBuffer; readonly shape: LedgerShape };
  /** memory of the tickets that all threads draw from */
  readonly rolls: SharedArrayBuffer;
  /** who was sent away lately */
  readonly departures: SharedArrayBuffer;
  /** of what all threads may carry */
  readonly budget: BudgetMemory;
  /** that may be open at once, over all threads, and how many each has: memory that all threads share */
  readonly connections: { readonly most: number; readonly turnout: SharedArrayBuffer };
  /** where decisions are noted: memory that all threads share, the name of this run, the number of these settings */
  readonly diary: { readonly memory: SharedArrayBuffer; readonly run: string; readonly edition: number };
  /** of receipts that visitors' browsers send; absent: none are wanted */
  readonly receipts?: ReceiptsMemory | undefined;
  /** bytes of the file that tells where networks are; absent: there is none */
  readonly geography?: SharedArrayBuffer | undefined;
  /** keys of the affinity cookie, the signing one first; empty: no affinity */
  readonly secrets: readonly Uint8Array[];
}

/**
 * A config on its way to a door thread that has one: of a list of thousands an edit changes a few, and to copy all of
 * them would keep visitors waiting.
 */
export interface ConfigParcel extends Omit<ThreadConfig, 'settings' | 'slots'> {
  readonly settings: Omit<Settings, 'secondaries'>;
  /** in order; a number: who had that place before, and is the same object */
  readonly secondaries: readonly (SecondarySettings | number)[];
  readonly slots: ThreadConfig['slots'] | 'as before';
}

/** What the main thread says to a door thread. */
export type ToThread =
  | { readonly type: 'config'; readonly parcel: ConfigParcel }
  | { readonly type: 'snapshot'; readonly of: 'cached' | 'live'; readonly parcel: Parcel }
  /** the live round that question `n` asked for is in: the last live snapshot is fresh enough */
  | { readonly type: 'asked'; readonly n: number }
  | { readonly type: 'reopen-logs' }
  | { readonly type: 'stop'; readonly graceMs: number };

/** What a door thread says to the main thread. */
export type FromThread =
  | { readonly type: 'open'; readonly ports: readonly number[] }
  | {
      readonly type: 'failed';
      readonly what: string;
      readonly remedy: string;
      readonly exitCode: ExitCode;
    }
  /** a visitor waits for a live snapshot */
  | { readonly type: 'ask'; readonly n: number }
  | { readonly type: 'event'; readonly event: Event }
  /** a secondary did not work for a visitor */
  | { readonly type: 'complaint'; readonly complaint: Complaint }
  | { readonly type: 'stopped' };

/** What a door thread is started with. */
export interface ThreadStart {
  readonly thread: number;
  readonly reusePort: boolean;
  /** keys of TLS tickets: a visitor who is back may meet another thread */
  readonly ticketKeys: Uint8Array;
  readonly config: ThreadConfig;
}
