import type { Belief, Outlook } from '../model/policy.ts';
import type { PoolSnapshot, Standing } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';

/**
 * A snapshot on its way to a door thread. What the thread has already is not copied, and beliefs, which all change with
 * every report, lie in memory that all threads share. Verdicts come without their evidence: threads explain nothing, and
 * of ten thousand secondaries it is a third of the copy.
 */
export interface Parcel {
  readonly snapshot: Omit<PoolSnapshot, 'standings' | 'beliefs'>;
  /** all of them, in order; or, where `isPart`, those that are not as they were in the parcel before */
  readonly standings: ReadonlyMap<Id, Standing>;
  readonly isPart: boolean;
  /** `as before`: those of the parcel before */
  readonly beliefs?: SharedBeliefs | 'as before';
}

/** Beliefs in the order of the standings, each a row of `FIELDS`; NaN in the first: none. */
interface SharedBeliefs {
  readonly outlook?: Outlook;
  readonly cells: SharedArrayBuffer;
}

const FIELDS = ['at', 'sessions', 'excess', 'slowBefore', 'fastBefore', 'capacity'] as const;

/**
 * Packs a snapshot.
 *
 * @param before the snapshot of the last parcel to the same threads; absent: they have none
 */
export const pack = (snapshot: PoolSnapshot, before?: PoolSnapshot): Parcel => {
  const { standings, beliefs, ...rest } = snapshot;
  const isPart = before !== undefined && haveSameKeys(before.standings, standings);
  return {
    snapshot: rest,
    standings: changesOf(isPart ? before.standings : new Map(), standings),
    isPart,
    ...(beliefs === undefined
      ? {}
      : {
          beliefs: isPart && before.beliefs === beliefs ? 'as before' : share(beliefs, standings.keys()),
        }),
  };
};

/** The snapshot that a parcel brings to a thread that had the one before. */
export const unpack = (
  { snapshot, standings, isPart, beliefs }: Parcel,
  before: PoolSnapshot,
): PoolSnapshot => {
  const all = isPart ? new Map([...before.standings, ...standings]) : standings;
  const found = beliefs === 'as before' ? before.beliefs : beliefs && beliefsOf(beliefs, all.keys());
  return {
    ...snapshot,
    standings: all,
    ...(found === undefined ? {} : { beliefs: found }),
  };
};

const haveSameKeys = (one: ReadonlyMap<Id, unknown>, other: ReadonlyMap<Id, unknown>): boolean => {
  if (one.size !== other.size) return false;
  const keys = one.keys();
  for (const key of other.keys()) if (keys.next().value !== key) return false;
  return true;
};

const changesOf = (
  before: ReadonlyMap<Id, Standing>,
  after: ReadonlyMap<Id, Standing>,
): ReadonlyMap<Id, Standing> => {
  const changed = new Map<Id, Standing>();
  for (const [id, standing] of after) if (before.get(id) !== standing) changed.set(id, bare(standing));
  return changed;
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

const beliefsOf = ({ cells: memory, outlook }: SharedBeliefs, ids: Iterable<Id>): ReadonlyMap<Id, Belief> => {
  const beliefs = new Map<Id, Belief>();
  if (outlook === undefined) return beliefs;
  const cells = new Float64Array(memory);
  let at = 0;
  const next = (): number => cells[at++] ?? NaN;
  for (const id of ids) {
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
};
