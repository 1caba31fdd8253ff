import { z } from 'zod';
import { openBook } from '../../src/dispatch/ledger/book.ts';
import { openLedger, type Ledger } from '../../src/dispatch/ledger/ledger.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import { isNonEmpty, type NonEmpty } from '../../src/model/non-empty.ts';
import type { Candidate, Draw, Policy, Prepared } from '../../src/model/policy.ts';
import type { Secondary } from '../../src/model/secondary.ts';
import { finish } from '../../src/model/slices.ts';
import type { Host, Target, Visit } from '../../src/model/visit.ts';
import { believe } from '../../src/policies/balance/believe.ts';
import { learn } from '../../src/policies/balance/learn.ts';
import { emptyMemory } from '../../src/policies/balance/memory.ts';
import { policies } from '../../src/policies/index.ts';

/** How long one policy takes among so many candidates. Choosing: a pick, and counting the visitor in the ledger. */
export interface ChooseRow {
  readonly policy: string;
  readonly candidates: number;
  /** preparing, once a snapshot: the median */
  readonly prepareMs: number;
  /** choosing in a long run, 1,000 visits a second, the policy kept ready between them */
  readonly meanNs: number;
  /** choosing by itself, the policy kept ready, at the rate of visits where it takes longest */
  readonly p99Ns: number;
  /** the same where nobody keeps it ready, as without the worker's files: visits do that work themselves */
  readonly aloneP99Ns: number;
  /** keeping it ready once, in between: the median; 0: it wants nothing */
  readonly renewMs: number;
}

const SIZES = [2, 100, 10_000] as const;
/** Visits a second, for whom time goes on: counts fade, and what was worked out for one is old when the next comes. */
const RATES = [100, 1_000] as const;

/** Measures every policy among 2, 100 and 10,000 candidates of different weights and loads; takes some 10 s. */
export const benchChoose = (): readonly ChooseRow[] => {
  const timerNs = timerCost();
  return Object.entries(policies).flatMap(([policy, unit]) => {
    const choose = unit.make(z.object(unit.options(z)).parse({}));
    return SIZES.map((candidates) => ({
      policy,
      candidates,
      ...measure(choose, candidates, timerNs),
    }));
  });
};

/** The rows as a table for people. */
export const printChoose = (rows: readonly ChooseRow[]): string => {
  const cells = [
    ['policy', 'candidates', 'prepare ms', 'mean ns', 'p99 ns', 'p99 ns alone', 'renew ms'],
    ...rows.map((row) => [
      row.policy,
      String(row.candidates),
      row.prepareMs.toFixed(2),
      row.meanNs.toFixed(0),
      row.p99Ns.toFixed(0),
      row.aloneP99Ns.toFixed(0),
      row.renewMs.toFixed(3),
    ]),
  ];
  return `${cells.map(([name = '', ...numbers]) => name.padEnd(18) + numbers.map((cell) => cell.padStart(13)).join('')).join('\n')}\n`;
};

const measure = (choose: Policy, size: number, timerNs: number): Omit<ChooseRow, 'policy' | 'candidates'> => {
  const primary = primaryOf(size);
  const prepareMs = quantile(
    Array.from({ length: 9 }, () => {
      const from = process.hrtime.bigint();
      choose(primary.candidates);
      return Number(process.hrtime.bigint() - from) / 1e6;
    }),
    0.5,
  );
  const count = size > 1_000 ? 5_000 : 20_000;
  const run = (perSecond: number, isKeptReady: boolean): Run =>
    visit(primary, choose(primary.candidates), { perSecond, isKeptReady, count, timerNs });
  for (const rate of RATES) run(rate, true); // so that the compiler is done with it
  const [rare, often] = [run(RATES[0], true), run(RATES[1], true)];
  const alone = RATES.map((rate) => run(rate, false));
  return {
    prepareMs,
    meanNs: often.ns.reduce((sum, each) => sum + each, 0) / count,
    p99Ns: Math.max(quantile(rare.ns, 0.99), quantile(often.ns, 0.99)),
    aloneP99Ns: Math.max(...alone.map(({ ns }) => quantile(ns, 0.99))),
    renewMs: often.renewMs.length === 0 ? 0 : quantile(often.renewMs, 0.5),
  };
};

interface Run {
  /** of each visit */
  readonly ns: Float64Array;
  /** of each time that it was kept ready */
  readonly renewMs: readonly number[];
}

interface Visits {
  readonly perSecond: number;
  readonly isKeptReady: boolean;
  readonly count: number;
  readonly timerNs: number;
}

const visit = (
  primary: Primary,
  { pick, renewal }: Prepared,
  { perSecond, isKeptReady, count, timerNs }: Visits,
): Run => {
  const { ledger } = primary;
  const ns = new Float64Array(count);
  const renewMs: number[] = [];
  let renewAt = isKeptReady && renewal !== undefined ? primary.now : Infinity;
  for (let nth = 0; nth < count; nth += 1) {
    primary.now += 1000 / perSecond;
    if (renewal !== undefined && primary.now >= renewAt) {
      const from = process.hrtime.bigint();
      finish(renewal.begin({ now: primary.now, ledger }));
      renewMs.push(Number(process.hrtime.bigint() - from) / 1e6);
      renewAt = primary.now + renewal.everyMs;
    }
    const draw = primary.next(nth);
    const from = process.hrtime.bigint();
    ledger.choose(pick(draw).slot, primary.now);
    ns[nth] = Math.max(0, Number(process.hrtime.bigint() - from) - timerNs);
  }
  return { ns, renewMs };
};

/** A primary in miniature: the ledger of two threads, and secondaries that reported and of whom something is believed. */
interface Primary {
  readonly ledger: Ledger;
  readonly candidates: NonEmpty<Candidate>;
  /** goes on with every visit */
  now: number;
  /** One object, changed for each visitor, so that making it is not measured. */
  readonly next: (ticket: number) => Draw;
}

/** Visits of 4,096 subnets. */
const primaryOf = (size: number): Primary => {
  const { shape, memory } = openBook(secondariesOf(size), { threads: 2, now: 0 });
  const ledger = openLedger(memory, shape, 1);
  const visits = Array.from({ length: 4_096 }, (_, n) => visitOf(n));
  const draw: { -readonly [Key in keyof Draw]: Draw[Key] } = {
    ...{ visit: visitOf(0), ticket: 0, dice: Math.random, now: 0, ledger },
  };
  const primary: Primary = {
    ledger,
    candidates: believedOf(size, ledger),
    now: 2 * EVERY_MS,
    next: (ticket) => {
      draw.ticket = ticket;
      draw.visit = visits[ticket & 4_095] ?? draw.visit;
      draw.now = primary.now;
      return draw;
    },
  };
  return primary;
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

/** How often they report. */
const EVERY_MS = 2_000;

/** Secondaries of six weights. */
const secondariesOf = (size: number): readonly Secondary[] =>
  Array.from({ length: size }, (_, slot) => ({
    id: `web${slot}`,
    address: { kind: 'own', origin: `http://web${slot}.example.org` },
    at: `http://web${slot}.example.org`,
    weight: [1, 2, 1, 0.5, 1, 3.7][slot % 6] ?? 1,
    role: 'active',
    state: 'ready',
  }));

/** What becomes of them once they reported twice; one of ten never does. */
const believedOf = (size: number, ledger: Ledger): NonEmpty<Candidate> => {
  const all = secondariesOf(size);
  const loadOf = (slot: number, at: number): LoadReport | undefined =>
    slot % 10 === 9
      ? undefined
      : { at, running: (slot * 7) % 13, sessions: 20 + ((slot * 11) % 17), answerMs: slot % 31 };
  let memory = emptyMemory(0);
  for (const at of [EVERY_MS, 2 * EVERY_MS]) {
    const pool = all.map(({ id, weight }, slot) => {
      const load = loadOf(slot, at);
      return { id, slot, weight, ...(load && { load }) };
    });
    memory = learn(memory, { now: at, everyMs: EVERY_MS, pool, ledger });
  }
  const beliefs = believe(memory);
  const candidates = all.map((secondary, slot): Candidate => {
    const load = loadOf(slot, 2 * EVERY_MS);
    const belief = beliefs.get(secondary.id);
    return {
      ...{ secondary, slot, weight: secondary.weight, warmth: 1, sentBefore: 0 },
      ...(load && { load }),
      ...(belief && { belief }),
    };
  });
  if (!isNonEmpty(candidates)) throw new RangeError('a pool needs a candidate');
  return candidates;
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
