/** Something that was measured: its name in tables, its unit, and how it is written. */
export interface MeasureKind {
  readonly title: string;
  readonly digits: number;
}

/** Everything that is ever measured. */
export const MEASURES = {
  perSecond: { title: 'answers/s', digits: 0 },
  cpuUs: { title: 'CPU µs/answer', digits: 1 },
  p50Us: { title: 'p50 µs, half load', digits: 0 },
  p99Us: { title: 'p99 µs, half load', digits: 0 },
  halfLoad: { title: 'half load was', digits: 2 },
  broken: { title: 'broken', digits: 0 },
  lostLines: { title: 'lines lost', digits: 0 },
  checksPerSecond: { title: 'checks/s', digits: 0 },
  workerShare: { title: 'worker, % of a core', digits: 1 },
  doorShare: { title: 'primary, % of a core', digits: 1 },
  modestP50Us: { title: 'p50 µs of a visit', digits: 0 },
  modestP99Us: { title: 'p99 µs', digits: 0 },
  visitCpuUs: { title: "front's CPU µs/visit", digits: 1 },
  visitsPerSecond: { title: 'visits/s a core', digits: 0 },
  residentMb: { title: 'resident MB', digits: 1 },
  ownMb: { title: 'of it own MB', digits: 1 },
  came: { title: 'connections come', digits: 0 },
  open: { title: 'open', digits: 0 },
  crowdMb: { title: 'MB then', digits: 1 },
  connectionKb: { title: 'kB each', digits: 2 },
  newcomerMs: { title: "newcomers' longest wait ms", digits: 2 },
  cameTwice: { title: 'then come', digits: 0 },
  openTwice: { title: 'open', digits: 0 },
  connectionTwiceKb: { title: 'kB each', digits: 2 },
  newcomerTwiceMs: { title: "newcomers' longest wait ms", digits: 2 },
  firstAnswerMs: { title: 'first answer ms', digits: 0 },
  bytesWithCookie: { title: 'bytes with cookie', digits: 0 },
  bytesWithout: { title: 'without', digits: 0 },
  resumed: { title: 'resumed', digits: 2 },
  pickNs: { title: 'choosing ns', digits: 0 },
  pickP99Ns: { title: 'p99 ns', digits: 0 },
  aloneP99Ns: { title: 'p99 ns alone', digits: 0 },
  prepareMs: { title: 'preparing ms', digits: 2 },
  renewMs: { title: 'keeping ready ms', digits: 3 },
} as const satisfies Readonly<Record<string, MeasureKind>>;

export type Measure = keyof typeof MEASURES;

/** What one round of one contender gave. */
export type Sample = Partial<Readonly<Record<Measure, number>>>;

/** A contender and what each of its rounds gave. */
export interface Row {
  readonly contender: string;
  readonly rounds: readonly Sample[];
}

/** What a case gave. */
export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  /** what a reader must know to read the figures rightly */
  readonly notes: readonly string[];
}

/** The middle one of several numbers with the least and the most of them. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** there was only one number */
  readonly isOnce?: true;
}

/** Median, least and most; `undefined` of nothing. */
export const spreadOf = (numbers: readonly number[]): Spread | undefined => {
  const sorted = numbers.filter((each) => Number.isFinite(each)).sort((one, other) => one - other);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) return undefined;
  const half = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(half)] ?? least) + (sorted[Math.ceil(half)] ?? least)) / 2;
  return { median, least, most, ...(sorted.length === 1 ? { isOnce: true } : {}) };
};

/** What a row says of one measure. */
export const valueOf = (row: Row | undefined, measure: Measure): Spread | undefined =>
  spreadOf((row?.rounds ?? []).map((sample) => sample[measure] ?? NaN));

/** How one contender compares with another in the same rounds: the median of the ratios, not the ratio of medians. */
export const ratioOf = (row: Row | undefined, base: Row | undefined, measure: Measure): Spread | undefined =>
  spreadOf(
    (row?.rounds ?? []).map(
      (sample, round) => (sample[measure] ?? NaN) / (base?.rounds[round]?.[measure] ?? NaN),
    ),
  );

/** The row of a contender. */
export const rowOf = (result: CaseResult | undefined, contender: string): Row | undefined =>
  result?.rows.find((row) => row.contender === contender);
