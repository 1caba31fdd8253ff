import { seededDice as seeded } from '../../src/replay/seeded-dice.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import { isNonEmpty, type NonEmpty } from '../../src/model/non-empty.ts';
import type { Candidate, Draw, LedgerView, Prepared } from '../../src/model/policy.ts';
import { countVisitor, fadingLength, openFading } from '../../src/policies/balance/fading.ts';
import type { Host, Target, Visit } from '../../src/model/visit.ts';

export { seeded };

/** What differs between candidates in these tests. */
export interface Like {
  readonly weight?: number;
  readonly load?: Omit<LoadReport, 'at'>;
}

/** Candidates web0, web1 … with these weights and loads, in these slots; of the ledger as it is now. */
export const poolOf = (likes: readonly Like[], ledger?: Pick<LedgerView, 'since'>): NonEmpty<Candidate> => {
  const pool = likes.map(({ weight = 1, load }, slot): Candidate => ({
    secondary: {
      id: `web${slot}`,
      address: { kind: 'same-host', scheme: 'http', port: 8000 + slot },
      at: `http://127.0.0.1:${8000 + slot}`,
      weight,
      role: 'active',
      state: 'ready',
    },
    slot,
    weight,
    warmth: 1,
    sentBefore: ledger?.since(slot) ?? 0,
    ...(load && { load: { at: 0, ...load } }),
  }));
  if (!isNonEmpty(pool)) throw new TypeError('a pool of nobody');
  return pool;
};

/** So many candidates that differ in nothing but their names. */
export const equals = (count: number, ledger?: Pick<LedgerView, 'since'>): NonEmpty<Candidate> =>
  poolOf(
    Array.from({ length: count }, () => ({})),
    ledger,
  );

/** Candidates of these weights. */
export const weighing = (...weights: readonly number[]): NonEmpty<Candidate> =>
  poolOf(weights.map((weight) => ({ weight })));

/** So many candidates fit into the ledgers of these tests. */
const SLOTS = 64;

/** A ledger that counts, as the real one does. */
export const createLedger = (): LedgerView & {
  readonly add: (slot: number, now?: number) => void;
  readonly mark: (slot: number) => void;
} => {
  const sent = new Float64Array(SLOTS);
  const fading = openFading(new Float64Array(fadingLength(SLOTS)), 0, SLOTS);
  return {
    since: (slot) => sent[slot] ?? 0,
    fading: [fading],
    add: (slot, now = 0) => {
      sent[slot] = (sent[slot] ?? 0) + 1;
      countVisitor(fading, slot, now);
    },
    mark: (slot) => (sent[slot] = 0),
  };
};

/** A visit of visitor number so-and-so: every one from a subnet, with a cookie and for a path of his own. */
export const visitOf = (visitor: number, differs: Partial<Visit> = {}): Visit => ({
  method: 'GET',
  scheme: 'http',
  host: 'www.example.org' as Host,
  target: `/page${visitor}?from=test` as Target,
  visitor: () => `${10 + (visitor >> 16)}.${(visitor >> 8) & 255}.${visitor & 255}.9`,
  cookie: `cookie${visitor}`,
  avoid: [],
  userAgent: '',
  accept: '',
  dest: '',
  ...differs,
});

/** A draw in which nothing is known but what is given. */
export const drawOf = (differs: Partial<Draw> = {}): Draw => ({
  visit: visitOf(differs.ticket ?? 0),
  ticket: 0,
  dice: seeded(1),
  now: 0,
  ledger: { since: () => 0, fading: [] },
  ...differs,
});

/** Sends so many visitors, counting each in the ledger, and says how many every slot got, and in which order. */
export const sendAll = (
  { pick }: Prepared,
  visitors: number,
  { dice = seeded(7), ledger = createLedger() } = {},
): { readonly counts: readonly number[]; readonly order: readonly number[] } => {
  const counts: number[] = [];
  const order: number[] = [];
  for (let ticket = 0; ticket < visitors; ticket++) {
    const { slot } = pick({ visit: visitOf(ticket), ticket, dice, now: ticket, ledger });
    ledger.add(slot, ticket);
    counts[slot] = (counts[slot] ?? 0) + 1;
    order.push(slot);
  }
  return { counts: Array.from(counts, (count: number | undefined) => count ?? 0), order };
};

/** How often each of so many places comes up in so many draws. */
export const tally = (draws: number, places: number, draw: () => number): readonly number[] => {
  const counts = Array.from({ length: places }, () => 0);
  for (let nth = 0; nth < draws; nth++) {
    const place = draw();
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
};
