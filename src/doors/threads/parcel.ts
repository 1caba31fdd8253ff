import type { LoadReport } from '../../model/load-report.ts';
import type { Belief, Outlook } from '../../model/policy.ts';
import type { PoolSnapshot, Standing } from '../../model/pool.ts';
import type { Id } from '../../model/secondary.ts';
import { finish, type Slices } from '../../model/slices.ts';

/**
 * A snapshot on its way to a door thread. What the thread has already is not copied; numbers of reports, and beliefs,
 * which all change with every report, lie in memory that all threads share. What only explains a verdict stays behind:
 * its evidence, and how often in a row it was the same.
 */
export interface Parcel {
  readonly snapshot: Omit<PoolSnapshot, 'standings' | 'beliefs'>;
  /** all of them, in order; or, where `isPart`, those that are not as they were in the parcel before */
  readonly standings: ReadonlyMap<Id, Standing>;
  readonly isPart: boolean;
  /** rows of `[place in the order, …REPORT]`: those of whom only these numbers are others; absent: nobody */
  readonly reports?: SharedArrayBuffer;
  /** `as before`: those of the parcel before */
  readonly beliefs?: SharedBeliefs | 'as before';
}

/** Beliefs in the order of the standings, each a row of `FIELDS`; NaN in the first: none. */
interface SharedBeliefs {
  readonly outlook?: Outlook;
  readonly cells: SharedArrayBuffer;
}

/** The numbers of a report; NaN where one is not told. */
const REPORT = [
  ...(['at', 'running', 'sessions', 'busySeconds', 'done', 'answered', 'started'] as const),
  ...(['utilization', 'answerMs', 'weightShare'] as const),
] as const satisfies readonly (keyof LoadReport)[];

const FIELDS = ['at', 'sessions', 'excess', 'slowBefore', 'fastBefore', 'capacity'] as const;

/**
 * Packs a snapshot.
 *
 * @param before the snapshot of the last parcel to the same threads; absent: they have none
 */
export const pack = (snapshot: PoolSnapshot, before?: PoolSnapshot): Parcel => {
  const { standings, beliefs, ...rest } = snapshot;
  const isPart = before !== undefined && haveSameKeys(before.standings, standings);
  const { changed, told } = changesOf(isPart ? before.standings : new Map(), standings);
  return {
    snapshot: rest,
    standings: changed,
    isPart,
    ...(told.length === 0 ? {} : { reports: shareReports(told) }),
    ...(beliefs === undefined
      ? {}
      : {
          beliefs: isPart && before.beliefs === beliefs ? 'as before' : share(beliefs, standings.keys()),
        }),
  };
};

/** The snapshot that a parcel brings to a thread that had the one before. */
export const unpack = (parcel: Parcel, before: PoolSnapshot): PoolSnapshot =>
  finish(unpackInSlices(parcel, before));

/** A slice takes some hundred microseconds. */
const ROWS_A_SLICE = 256;

/** The same in slices; of a short list there is one. */
export function* unpackInSlices(
  { snapshot, standings, isPart, reports, beliefs }: Parcel,
  before: PoolSnapshot,
): Slices<PoolSnapshot> {
  const all = isPart ? yield* joined(before.standings, standings, reports) : standings;
  const found =
    beliefs === 'as before'
      ? before.beliefs
      : beliefs === undefined
        ? undefined
        : yield* beliefsOf(beliefs, all.keys());
  return {
    ...snapshot,
    standings: all,
    ...(found === undefined ? {} : { beliefs: found }),
  };
}

const haveSameKeys = (one: ReadonlyMap<Id, unknown>, other: ReadonlyMap<Id, unknown>): boolean => {
  if (one.size !== other.size) return false;
  const keys = one.keys();
  for (const key of other.keys()) if (keys.next().value !== key) return false;
  return true;
};

/** A report that only has other numbers than the one before, and whose it is. */
interface ToldAnew {
  readonly place: number;
  readonly load: LoadReport;
}

const changesOf = (before: ReadonlyMap<Id, Standing>, after: ReadonlyMap<Id, Standing>) => {
  const changed = new Map<Id, Standing>();
  const told: ToldAnew[] = [];
  let place = -1;
  for (const [id, standing] of after) {
    place += 1;
    const old = before.get(id);
    if (old === standing) continue;
    if (old === undefined || !isSameButNumbers(old, standing)) changed.set(id, bare(standing));
    else if (standing.load !== undefined && haveOtherNumbers(old.load, standing.load))
      told.push({ place, load: standing.load });
  }
  return { changed, told };
};

/** Whether visitors are served alike by both, but for the numbers of the report. */
const isSameButNumbers = (one: Standing, other: Standing): boolean =>
  one.verdict.health === other.verdict.health &&
  one.verdict.since === other.verdict.since &&
  one.verdict.warmingSince === other.verdict.warmingSince &&
  one.verdict.leaving === other.verdict.leaving &&
  one.loadFailure === other.loadFailure &&
  (one.load === undefined) === (other.load === undefined) &&
  one.load?.wish === other.load?.wish;

const haveOtherNumbers = (one: LoadReport | undefined, other: LoadReport): boolean =>
  one !== other && REPORT.some((field) => one?.[field] !== other[field]);

const shareReports = (told: readonly ToldAnew[]): SharedArrayBuffer => {
  const memory = new SharedArrayBuffer(told.length * (1 + REPORT.length) * Float64Array.BYTES_PER_ELEMENT);
  const cells = new Float64Array(memory);
  let at = 0;
  for (const { place, load } of told) {
    cells[at++] = place;
    for (const field of REPORT) cells[at++] = load[field] ?? NaN;
  }
  return memory;
};

/** What a thread had, with what is new. */
function* joined(
  before: ReadonlyMap<Id, Standing>,
  changed: ReadonlyMap<Id, Standing>,
  reports: SharedArrayBuffer | undefined,
): Slices<ReadonlyMap<Id, Standing>> {
  if (changed.size === 0 && reports === undefined) return before;
  const all = new Map(before);
  for (const [id, standing] of changed) all.set(id, standing);
  if (reports === undefined) return all;
  const cells = new Float64Array(reports);
  let at = 0;
  let place = -1;
  for (const [id, standing] of before) {
    place += 1;
    if (place % ROWS_A_SLICE === ROWS_A_SLICE - 1) yield;
    if (cells[at] !== place) continue;
    all.set(id, { ...standing, load: reportAt(cells, at + 1, standing.load?.wish) });
    at += 1 + REPORT.length;
  }
  return all;
}

const reportAt = (cells: Float64Array, from: number, wish: LoadReport['wish']): LoadReport => {
  const report: { -readonly [Field in keyof LoadReport]: LoadReport[Field] } = { at: cells[from] ?? 0 };
  for (let nth = 1; nth < REPORT.length; nth += 1) {
    const value = cells[from + nth] ?? NaN;
    const field = REPORT[nth];
    if (field !== undefined && !Number.isNaN(value)) report[field] = value;
  }
  if (wish !== undefined) report.wish = wish;
  return report;
};

const bare = (standing: Standing): Standing => {
  const { evidence: _, ...verdict } = standing.verdict;
  return { ...standing, verdict };
};

const share = (beliefs: ReadonlyMap<Id, Belief>, ids: Iterable<Id>): SharedBeliefs => {
  const rows = Array.from(ids, (id) => beliefs.get(id));
  const memory = new SharedArrayBuffer(rows.length * FIELDS.length * Float64Array.BYTES_PER_ELEMENT);
  const cells = new Float64Array(memory);
  rows.forEach((belief, row) => {
    FIELDS.forEach((field, column) => {
      cells[row * FIELDS.length + column] = belief === undefined ? NaN : belief[field];
    });
  });
  const outlook = rows.find((belief) => belief !== undefined)?.outlook;
  return { cells: memory, ...(outlook === undefined ? {} : { outlook }) };
};

function* beliefsOf(
  { cells: memory, outlook }: SharedBeliefs,
  ids: Iterable<Id>,
): Slices<ReadonlyMap<Id, Belief>> {
  const beliefs = new Map<Id, Belief>();
  if (outlook === undefined) return beliefs;
  const cells = new Float64Array(memory);
  let at = 0;
  const next = (): number => cells[at++] ?? NaN;
  for (const id of ids) {
    if (at % (FIELDS.length * ROWS_A_SLICE) === FIELDS.length * (ROWS_A_SLICE - 1)) yield;
    const belief = {
      at: next(),
      sessions: next(),
      excess: next(),
      slowBefore: next(),
      fastBefore: next(),
      capacity: next(),
      outlook,
    };
    if (!Number.isNaN(belief.at)) beliefs.set(id, belief);
  }
  return beliefs;
}
