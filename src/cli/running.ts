import type { KeptJournal } from '../journal.ts';
import type { Io } from './command.ts';

/** What a primary runs with, whether from a config or as the demo. */
export interface Running extends KeptJournal {
  readonly io: Io;
  /** resolves with the name of the signal that ends the program */
  readonly stopped: Promise<string>;
  /** told once visitors are answered. @param urls of the public door, then of the admin door */
  readonly started?: (urls: readonly string[]) => void;
}
