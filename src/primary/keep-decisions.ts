import type { Settings } from '../config/settings.ts';
import type { Book } from '../dispatch/ledger/book.ts';
import { allocateDecisions, openDecisions, type Decisions } from '../dispatch/diary/decisions.ts';
import type { ThreadConfig } from '../doors/threads/messages.ts';
import { createArchive, type Archive } from '../doors/why/archive.ts';
import type { WhyTeller } from '../doors/why/why.ts';
import type { Clock } from '../model/clock.ts';
import { once } from '../once.ts';

/** The last decisions of a whole process, with all that they can be made again from. */
export interface KeptDecisions extends Pick<Archive, 'keep' | 'tick'> {
  readonly decisions: Decisions;
  /** These settings and this book are in force from now on. */
  readonly open: (settings: Settings, book: Book) => void;
  /** what the threads note decisions with */
  readonly diary: () => ThreadConfig['diary'];
  readonly why: () => Promise<WhyTeller>;
  readonly stop: () => void;
}

/** How often it is looked whether many decisions were made. */
const HURRY_MS = 100;

/** Keeps what was decided and why. */
export const keepDecisions = (clock: Clock): KeptDecisions => {
  const memory = allocateDecisions();
  const decisions = openDecisions(memory);
  const archive = createArchive(decisions);
  const run = Math.floor(clock.wall() / 1000).toString(36);
  const hurrying = setInterval(archive.hurry, HURRY_MS).unref();
  let edition = 0;
  return {
    decisions,
    keep: archive.keep,
    tick: archive.tick,
    open: (settings, { slots, ledger, shape }) => {
      edition = archive.open({ settings, slots, ledger, rows: shape.slots });
    },
    diary: () => ({ memory, run, edition }),
    why: once(async () => {
      const { createWhyTeller } = await import('../doors/why/why.ts');
      return createWhyTeller({ decisions, archive, run, clock });
    }),
    stop: () => {
      clearInterval(hurrying);
    },
  };
};
