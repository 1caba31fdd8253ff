import { isNonEmpty, type NonEmpty } from '../../src/model/non-empty.ts';
import type { Candidate, Draw, Policy, Prepared } from '../../src/model/policy.ts';
import type { Host, Target, Visit } from '../../src/model/visit.ts';
import { z } from 'zod';
import { policies } from '../../src/policies/index.ts';

/** How long one policy takes among so many candidates. */
export interface ChooseRow {
  readonly policy: string;
  readonly candidates: number;
  /** preparing, once a snapshot: the median */
  readonly prepareMs: number;
  /** one pick in a long run of them */
  readonly meanNs: number;
  /** one pick by itself, the cost of the timer taken off */
  readonly p50Ns: number;
  readonly p99Ns: number;
}

const SIZES = [2, 100, 10_000] as const;

/** Measures every policy among 2, 100 and 10,000 candidates of different weights and loads; takes some 10 s. */
export const benchChoose = (): readonly ChooseRow[] => {
  const timerNs = timerCost();
  return Object.entries(policies).flatMap(([policy, unit]) => {
    const choose = unit.make(z.object(unit.options(z)).parse({}));
    return SIZES.map((candidates) => ({
      policy,
      candidates,
      ...measure(choose, poolOf(candidates), timerNs),
    }));
  });
};

/** The rows as a table for people. */
export const printChoose = (rows: readonly ChooseRow[]): string => {
  const cells = [
    ['policy', 'candidates', 'prepare ms', 'mean ns', 'p50 ns', 'p99 ns'],
    ...rows.map((row) => [
      row.policy,
      String(row.candidates),
      row.prepareMs.toFixed(2),
      row.meanNs.toFixed(0),
      row.p50Ns.toFixed(0),
      row.p99Ns.toFixed(0),
    ]),
  ];
  return `${cells.map(([name = '', ...numbers]) => name.padEnd(18) + numbers.map((cell) => cell.padStart(12)).join('')).join('\n')}\n`;
};

const measure = (
  choose: Policy,
  pool: NonEmpty<Candidate>,
  timerNs: number,
): Omit<ChooseRow, 'policy' | 'candidates'> => {
  const prepareMs = quantile(
    Array.from({ length: 9 }, () => {
      const from = process.hrtime.bigint();
      choose(pool);
      return Number(process.hrtime.bigint() - from) / 1e6;
    }),
    0.5,
  );
  const prepared = choose(pool);
  const draws = drawsOf(pool.length);
  runFor(prepared, draws, 200); // so that the compiler is done with it
  const { picks, tookMs } = runFor(prepared, draws, 200);

  const singles = new Float64Array(pool.length > 1_000 ? 5_000 : 50_000);
  singles.forEach((_, nth) => {
    const draw = draws.next(nth);
    const from = process.hrtime.bigint();
    const { slot } = prepared.pick(draw);
    singles[nth] = Math.max(0, Number(process.hrtime.bigint() - from) - timerNs);
    draws.count(slot);
  });
  return {
    prepareMs,
    meanNs: (tookMs * 1e6) / picks,
    p50Ns: quantile(singles, 0.5),
    p99Ns: quantile(singles, 0.99),
  };
};

/** Picks in batches of 64, each visitor counted in the ledger as dispatch does, for at least so many milliseconds. */
const runFor = (
  { pick }: Prepared,
  draws: Draws,
  ms: number,
): { readonly picks: number; readonly tookMs: number } => {
  const from = process.hrtime.bigint();
  for (let picks = 0; ;) {
    for (let nth = 0; nth < 64; nth++) draws.count(pick(draws.next(picks++)).slot);
    const tookMs = Number(process.hrtime.bigint() - from) / 1e6;
    if (tookMs >= ms) return { picks, tookMs };
  }
};

interface Draws {
  /** one object, changed for each visitor, so that making it is not measured */
  readonly next: (ticket: number) => Draw;
  readonly count: (slot: number) => void;
}

/** Visits of 4,096 subnets, and a ledger in shared memory like the real one. */
const drawsOf = (slots: number): Draws => {
  const sent = new Int32Array(new SharedArrayBuffer(4 * slots));
  const visits = Array.from({ length: 4_096 }, (_, n) => visitOf(n));
  const draw: { -readonly [Key in keyof Draw]: Draw[Key] } = {
    visit: visitOf(0),
    ticket: 0,
    dice: Math.random,
    now: 0,
    ledger: { since: (slot) => Atomics.load(sent, slot), fading: [] },
  };
  return {
    next: (ticket) => {
      draw.ticket = ticket;
      draw.visit = visits[ticket & 4_095] ?? draw.visit;
      return draw;
    },
    count: (slot) => {
      Atomics.add(sent, slot, 1);
    },
  };
};

const visitOf = (n: number): Visit => ({
  method: 'GET',
  scheme: 'http',
  host: 'www.example.org' as Host,
  target: `/page/${n}?from=bench` as Target,
  visitor: () => (n % 2 === 0 ? `203.${n >> 8}.${n & 255}.9` : `2001:db8:${n.toString(16)}::1`),
  cookie: '',
  avoid: [],
  userAgent: '',
  accept: '',
  dest: '',
});

/** Secondaries of six weights, most with a report, some without. */
const poolOf = (size: number): NonEmpty<Candidate> => {
  const pool = Array.from({ length: size }, (_, slot): Candidate => {
    const weight = [1, 2, 1, 0.5, 1, 3.7][slot % 6] ?? 1;
    return {
      secondary: {
        id: `web${slot}`,
        address: { kind: 'own', origin: `http://web${slot}.example.org` },
        at: `http://web${slot}.example.org`,
        weight,
        role: 'active',
        state: 'ready',
      },
      slot,
      weight,
      warmth: 1,
      ...(slot % 10 !== 9 && { load: { at: 0, running: (slot * 7) % 13, answerMs: slot % 31 } }),
    };
  });
  if (!isNonEmpty(pool)) throw new RangeError('a pool needs a candidate');
  return pool;
};

/** The median time between two readings of the timer. */
const timerCost = (): number =>
  quantile(
    Array.from({ length: 20_000 }, () => {
      const from = process.hrtime.bigint();
      return Number(process.hrtime.bigint() - from);
    }),
    0.5,
  );

const quantile = (numbers: ArrayLike<number>, share: number): number =>
  Float64Array.from(numbers).sort()[Math.floor(numbers.length * share)] ?? NaN;

if (import.meta.main) {
  const rows = benchChoose();
  process.stdout.write(process.argv.includes('--json') ? JSON.stringify(rows) : printChoose(rows));
}
