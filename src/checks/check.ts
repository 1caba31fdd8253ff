import type { Outcome } from '../model/outcome.ts';
import type { Subject } from '../wire/subject.ts';
import type { Wire } from '../wire/wire.ts';

/** Asks one secondary whether it is there. What a network may do comes back as an outcome, never as an exception. */
export type Check = (subject: Subject, wire: Wire) => Promise<Outcome>;
