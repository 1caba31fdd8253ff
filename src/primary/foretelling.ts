import type { Settings } from '../config/settings.ts';
import { inForce } from '../config/taken-out.ts';
import type { Book } from '../dispatch/ledger/book.ts';
import type { Decisions } from '../dispatch/diary/decisions.ts';
import { openRolls } from '../dispatch/ledger/rolls.ts';
import type { AdminDoorOptions } from '../doors/admin.ts';
import type { Clock, Dice } from '../model/clock.ts';
import type { NearnessView } from '../model/policy.ts';
import { nothingKnown, type PoolSnapshot } from '../model/pool.ts';

/** What the operator may ask of visitors to come: where one would go, and what an edit would change. */
export type Foretelling = Pick<AdminDoorOptions, 'explain' | 'foresee'>;

export interface ForetellingParts {
  readonly settings: () => Settings;
  readonly book: () => Book;
  readonly rolls: SharedArrayBuffer;
  readonly decisions: Decisions;
  /** the last snapshot of the files */
  readonly cached: () => PoolSnapshot;
  /** the last snapshot that any visitor went by */
  readonly latest: () => PoolSnapshot;
  readonly live: () => Promise<PoolSnapshot>;
  /** what networks measured of the secondaries; `undefined`: nobody is asked */
  readonly measured: () => NearnessView | undefined;
  readonly clock: Clock;
  readonly dice: Dice;
}

/** Answers by the very state that visitors meet. What it takes is loaded at the first question. */
export const createForetelling = (parts: ForetellingParts): Foretelling => {
  const { settings, book, rolls, decisions, cached, latest, live, measured, clock, dice } = parts;
  return {
    foresee: async (after, boundTo) => {
      const { foresee } = await import('../doors/why/foresee.ts');
      // A file that takes one out counts whatever the list says.
      const out = settings().secondaries.filter(({ takenOutBy }) => takenOutBy !== undefined);
      const names = new Set(out.map(({ id }) => id));
      return foresee({
        before: settings(),
        after: inForce(after, { names, wallMs: clock.wall() }),
        pool: latest(),
        decisions,
        slots: book().slots,
        boundTo,
        clock,
      });
    },
    explain: async (wanted) => {
      const { explainVisit } = await import('../doors/why/explain.ts');
      return explainVisit(wanted, {
        settings: inForce(settings(), { names: new Set(), wallMs: clock.wall() }),
        ...book(),
        nextTicket: openRolls(rolls).next,
        known: async (checks) => {
          if (checks === 'none') return { snapshot: nothingKnown('none'), words: 'to the Usher that runs' };
          const snapshot = checks === 'live' ? await live() : cached();
          const ageMs = Math.max(0, clock.now() - snapshot.at);
          const age = `${(ageMs / 1000).toFixed(1)} s old`;
          return { snapshot, words: `to the Usher that runs: news ${age}, and whom it sent where` };
        },
        measured,
        clock,
        dice,
      });
    },
  };
};
