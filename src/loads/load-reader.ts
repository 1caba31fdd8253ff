import type { LoadReport } from '../model/load-report.ts';
import type { Subject } from '../wire/subject.ts';
import type { Failed, Wire } from '../wire/wire.ts';

/** A load report, or why there is none: an answer that cannot be read is no report, never a load of 0. */
export type Reading = { readonly ok: true; readonly report: LoadReport } | Failed;

/** Asks one secondary how busy it is. */
export type LoadReader = (subject: Subject, wire: Wire) => Promise<Reading>;
