import type { Settings } from '../config/settings.ts';
import type { Views } from '../deliveries/views.ts';
import type { Affinity } from '../dispatch/affinity.ts';
import type { Dispatch } from '../dispatch/dispatch.ts';
import type { VisitReader } from '../dispatch/visit.ts';

/** What the primary's own pages are made with. */
export interface SiteParts {
  readonly settings: Settings;
  readonly views: Views;
  readonly reader: VisitReader;
  readonly dispatch: Dispatch['dispatch'];
  readonly affinity: Affinity | undefined;
  readonly counted: (what: string) => void;
  /** something broke that should not have */
  readonly broke: (error: unknown) => void;
}
