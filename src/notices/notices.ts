import type { NoticeSettings } from '../config/settings.ts';
import type { Entry, Journal } from '../journal.ts';
import type { Clock } from '../model/clock.ts';
import { createOutbox, type Notice, type Outbox } from './outbox.ts';

/** How a notice reaches somebody; resolves with why it did not. Rejects where the means of telling could not be had. */
export type Carrier = (to: NoticeSettings, notice: Notice) => Promise<string | undefined>;

export interface NoticesOptions {
  readonly notify: readonly NoticeSettings[];
  /** Calls the listener for every entry from now on; returns how to stop. */
  readonly onEntry: (listener: (entry: Entry) => void) => () => void;
  readonly carry: Carrier;
  readonly clock: Pick<Clock, 'now'>;
  readonly journal: Journal;
}

/** Tells everybody whom the config lists of the events that he wants to hear of. */
export interface Notices {
  /** Goes on with another list; what waits for those who stay is kept. */
  readonly update: (notify: readonly NoticeSettings[]) => void;
  /** Tells what is left, within two seconds. */
  readonly stop: () => Promise<void>;
}

interface Told {
  readonly events: ReadonlySet<Entry['type']>;
  readonly outbox: Outbox;
  /** Ends telling him, and journals how many events he was not told. */
  readonly close: (withinMs: number) => Promise<void>;
}

const LAST_MS = 2000;

/** Begins to tell. Costs nothing while nothing happens, or nobody is listed. */
export const startNotices = ({ notify, onEntry, carry, clock, journal }: NoticesOptions): Notices => {
  let all: ReadonlyMap<string, Told> = new Map();

  const begin = (to: NoticeSettings): Told => {
    const outbox = createOutbox({
      tell: async (notice) => {
        try {
          return await carry(to, notice);
        } catch (error) {
          // No file left to open, or the program's own was just replaced: the next try may go well.
          return String(error);
        }
      },
      clock,
      failing: (because) => journal({ type: 'notices-failed', to: nameOf(to), because }),
      working: (lost) => journal({ type: 'notices-sent', to: nameOf(to), lost }),
    });
    const close = async (withinMs: number): Promise<void> => {
      const lost = await outbox.close(withinMs);
      if (lost > 0) journal({ type: 'notices-lost', to: nameOf(to), lost });
    };
    return { events: new Set(to.events), outbox, close };
  };
  const update = (next: readonly NoticeSettings[]): void => {
    const before = all;
    const keyed = next.map((to) => [JSON.stringify(to), to] as const);
    all = new Map(keyed.map(([key, to]) => [key, before.get(key) ?? begin(to)]));
    for (const [key, { close }] of before) if (!all.has(key)) void close(0);
  };
  update(notify);
  const leave = onEntry((entry) => {
    for (const { events, outbox } of all.values()) if (events.has(entry.type)) outbox.put(entry);
  });

  return {
    update,
    stop: async () => {
      leave();
      await Promise.all(Array.from(all.values(), ({ close }) => close(LAST_MS)));
    },
  };
};

/** Whom, without what may be a secret: the path of a webhook often is one. */
const nameOf = ({ to }: NoticeSettings): string => (to.kind === 'exec' ? to.argv[0] : new URL(to.url).origin);
