import type { Settings } from '../../config/settings.ts';
import type { Views } from '../../deliveries/views.ts';
import type { Affinity } from '../../dispatch/affinity.ts';
import type { Carriage } from '../../dispatch/carriage.ts';
import type { Dispatch } from '../../dispatch/dispatch.ts';
import type { PoolSource } from '../../dispatch/roster/pool-source.ts';
import type { Ledger } from '../../dispatch/ledger/ledger.ts';
import type { VisitReader } from '../../dispatch/visit/visit.ts';
import type { Complaint } from '../../model/complaint.ts';
import type { Clock } from '../../model/clock.ts';
import type { Id } from '../../model/secondary.ts';

/** What the primary's own pages are made with. */
export interface SiteParts {
  readonly slots: ReadonlyMap<Id, number>;
  readonly ledger: Pick<Ledger, 'chosen' | 'kept'>;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly views: Views;
  readonly reader: VisitReader;
  readonly dispatch: Dispatch['dispatch'];
  readonly affinity: Affinity | undefined;
  /** absent: nobody is carried */
  readonly carriage: Carriage | undefined;
  /** what is known of the secondaries */
  readonly pool: PoolSource;
  /** hears that a secondary did not work for a visitor */
  readonly complained: (complaint: Complaint) => void;
  readonly counted: (what: string) => void;
  /** something broke that should not have */
  readonly broke: (error: unknown) => void;
}
