import type { Settings } from '../../config/settings.ts';
import type { Decisions, Noted, NotedDecision } from '../../dispatch/diary/decisions.ts';
import type { Ledger } from '../../dispatch/ledger/ledger.ts';
import type { LedgerView } from '../../model/policy.ts';
import { nothingKnown, type PoolSnapshot } from '../../model/pool.ts';
import type { Id } from '../../model/secondary.ts';
import { countVisitor, fadingLength, joinFading, openFading } from '../../policies/balance/fading.ts';

/** The settings that were in force for a while, and whose row of the ledger was whose. */
export interface Edition {
  readonly number: number;
  readonly settings: Settings;
  readonly slots: ReadonlyMap<Id, number>;
}

/** What is kept beside the decisions, so that they can be made again: snapshots, settings, and the ledger now and then. */
export interface Archive {
  /** A snapshot is in force from now on. */
  readonly keep: (snapshot: PoolSnapshot) => void;
  /** These settings are. @returns their number, for the decisions */
  readonly open: (
    about: Omit<Edition, 'number'> & { readonly ledger: Ledger; readonly rows: number },
  ) => number;
  /** Takes down the ledger, once a second. */
  readonly tick: () => void;
  /** Takes it down if many came since; called often, so that the last 10,000 can be made again however fast they come. */
  readonly hurry: () => void;
  readonly snapshot: (
    named: Pick<Noted, 'source' | 'snapshotSeq' | 'snapshotAt'>,
  ) => PoolSnapshot | undefined;
  readonly edition: (number: number) => Edition | undefined;
  /** The ledger as it was when the decision of that number was made, worked out again from the decisions before it. */
  readonly ledgerAt: (number: number) => PastLedger | undefined;
}

/** A ledger of the past, which can be led on decision by decision. */
export interface PastLedger {
  readonly view: LedgerView;
  readonly count: (noted: NotedDecision) => void;
}

/** The ledger at one moment. */
interface Page {
  /** the number of the first decision after it */
  readonly from: number;
  readonly cells: Float64Array;
  readonly since: Float64Array;
  readonly rows: number;
}

interface Held {
  readonly snapshot: PoolSnapshot;
  readonly from: number;
}

/** Bounds of what is kept: standings of all snapshots together, numbers of all pages, editions. */
const MOST_STANDINGS = 20_000;
const MOST_CELLS = 500_000;
const MOST_EDITIONS = 20;
/** So many decisions are worked out again at most where the archive is told to hurry often enough. */
const HURRY_AFTER = 2000;
/** However large one is, so many are kept: threads still go by the one before. */
const FEWEST = 3;

/** Keeps what explains the decisions, in bounded memory. Without visitors nothing piles up. */
export const createArchive = (decisions: Pick<Decisions, 'read' | 'next'>): Archive => {
  let held: readonly Held[] = [];
  let pages: readonly Page[] = [];
  let editions: readonly Edition[] = [];
  let book:
    { readonly ledger: Ledger; readonly rows: number; readonly slots: ReadonlyMap<Id, number> } | undefined;
  let opened = 0;

  const takeDown = (): void => {
    if (book === undefined) return;
    const from = decisions.next();
    if (pages.at(-1)?.from === from) pages = pages.slice(0, -1);
    pages = within([...pages, pageOf(book, from)], MOST_CELLS, ({ rows }) => 3 * rows);
  };

  return {
    keep: (snapshot) => {
      if (held.at(-1)?.snapshot === snapshot) return;
      const from = decisions.next();
      // Nobody decided anything by the one before the last: it explains nothing.
      const isIdle = held.at(-2)?.from === from;
      const kept = isIdle ? [...held.slice(0, -2), ...held.slice(-1)] : held;
      held = within([...kept, { snapshot, from }], MOST_STANDINGS, (one) => one.snapshot.standings.size);
      takeDown();
    },
    open: ({ settings, slots, ledger, rows }) => {
      book = { ledger, rows, slots };
      opened += 1;
      editions = [...editions, { number: opened, settings, slots }].slice(-MOST_EDITIONS);
      takeDown();
      return opened;
    },
    tick: () => {
      if (pages.at(-1)?.from !== decisions.next()) takeDown();
    },
    hurry: () => {
      if (decisions.next() - (pages.at(-1)?.from ?? 0) >= HURRY_AFTER) takeDown();
    },
    snapshot: ({ source, snapshotSeq, snapshotAt }) =>
      source === 'none'
        ? nothingKnown('none')
        : held.findLast(
            ({ snapshot }) =>
              snapshot.source === source && snapshot.seq === snapshotSeq && snapshot.at === snapshotAt,
          )?.snapshot,
    edition: (number) => editions.find((one) => one.number === number),
    ledgerAt: (number) => {
      const page = pages.findLast(({ from }) => from <= number);
      return page === undefined ? undefined : goOn(page, number, decisions.read);
    },
  };
};

/** The newest whose sizes together stay below `most`. */
const within = <One>(list: readonly One[], most: number, sizeOf: (one: One) => number): readonly One[] => {
  let size = 0;
  let first = list.length;
  while (first > 0) {
    size += sizeOf(list[first - 1] as One);
    if (size > most && list.length - first >= FEWEST) break;
    first -= 1;
  }
  return list.slice(first);
};

const pageOf = (
  {
    ledger,
    rows,
    slots,
  }: { readonly ledger: Ledger; readonly rows: number; readonly slots: ReadonlyMap<Id, number> },
  from: number,
): Page => {
  const cells = new Float64Array(fadingLength(rows));
  joinFading(openFading(cells, 0, rows), ledger.fading);
  const since = new Float64Array(rows);
  for (const slot of slots.values()) since[slot] = ledger.since(slot);
  return { from, cells, since, rows };
};

/** The page, and what was decided since. */
const goOn = (
  { from, cells, since, rows }: Page,
  to: number,
  read: Decisions['read'],
): PastLedger | undefined => {
  const fading = openFading(Float64Array.from(cells), 0, rows);
  const sent = Float64Array.from(since);
  const count = ({ kind, slot, at }: NotedDecision): void => {
    if (kind !== 'chosen' || slot >= rows) return;
    countVisitor(fading, slot, at);
    sent[slot] = (sent[slot] ?? 0) + 1;
  };
  for (let number = from; number < to; number += 1) {
    const noted = read(number);
    if (noted === undefined) return undefined;
    count(noted);
  }
  return { view: { fading: [fading], since: (slot) => sent[slot] ?? 0 }, count };
};
