import type { Instant } from '../model/clock.ts';
import type { Rejected, Rejection } from '../model/decision.ts';
import type { Belief, Candidate, LedgerView } from '../model/policy.ts';
import type { Standing } from '../model/pool.ts';
import type { Id, Secondary, State } from '../model/secondary.ts';
import { finish, type Slices } from '../model/slices.ts';
import type { Health, Verdict } from '../model/verdict.ts';
import { becauseOf } from './because.ts';
import { leavingWords } from './own-wish.ts';
import { stricter } from './stricter.ts';
import { warmth } from './warmth.ts';

/** What is known of the pool when somebody has to be found for a visitor. */
export interface Pool {
  /** in the order of the config */
  readonly secondaries: readonly Secondary[];
  /** a secondary that is missing here is unknown */
  readonly standings: ReadonlyMap<Id, Standing>;
  /** what was learned from their reports; absent: nobody learns */
  readonly beliefs?: ReadonlyMap<Id, Belief> | undefined;
  /** the row of each secondary in the ledger */
  readonly slots: ReadonlyMap<Id, number>;
  /** who counts the visitors that are sent; absent: nobody does */
  readonly ledger?: Pick<LedgerView, 'since'>;
  /** nobody asks the secondaries: standings do not count, every one is taken to be up */
  readonly blind: boolean;
  readonly now: Instant;
  readonly slowReturnMs: number;
}

/** Who may serve, who may keep his visitors, and who may not take new ones and why. */
export interface Sifted {
  /** those of the best tier that has any, in the order of the config; weights above 0; empty: nobody can */
  readonly candidates: readonly Candidate[];
  /** those whose visitors may come back to them; their weight may be 0 */
  readonly keepers: ReadonlyMap<Id, Candidate>;
  /** those that drain: by the list, by their own wish, or because their ping page is gone */
  readonly draining: ReadonlySet<Id>;
  /** everybody who is not a candidate */
  readonly rejected: readonly Rejected[];
}

/** One secondary with what the operator wants and what is believed, its own wishes counted in. */
interface Facts {
  readonly candidate: Candidate;
  readonly state: State;
  readonly health: Health;
  readonly verdict?: Verdict;
}

/** Lower is better: an active one that works, a backup that works, an active one not asked yet, such a backup. */
const tierOf = ({ candidate, health }: Facts): number =>
  (health === 'up' ? 0 : 2) + (candidate.secondary.role === 'active' ? 0 : 1);

/**
 * Parts the pool into those who may serve and those who may not. Ready, working, active secondaries come first; only
 * if there is none do backups stand in; only if none of them works either, those that nobody has asked yet.
 *
 * @throws TypeError for a secondary without a slot: a bug of the caller
 */
export const sift = (pool: Pool): Sifted => finish(siftInSlices(pool));

/** A slice takes some fifty microseconds. */
const ROWS_A_SLICE = 128;

/** The same in slices. */
export function* siftInSlices(pool: Pool): Slices<Sifted> {
  const facts: Facts[] = [];
  const keepers = new Map<Id, Candidate>();
  const draining = new Set<Id>();
  const tiers: readonly Candidate[][] = [[], [], [], []];
  for (const secondary of pool.secondaries) {
    if (facts.length % ROWS_A_SLICE === ROWS_A_SLICE - 1) yield;
    const one = factsOf(secondary, pool, rowOf(secondary, pool));
    facts.push(one);
    if (mayKeep(one)) keepers.set(secondary.id, one.candidate);
    if (one.state === 'drain') draining.add(secondary.id);
    if (refusalOf(one) === undefined) tiers[tierOf(one)]?.push(one.candidate);
  }
  const found = tiers.findIndex((tier) => tier.length > 0);
  const best = found === -1 ? Infinity : found;
  const rejected: Rejected[] = [];
  for (const [at, one] of facts.entries()) {
    if (at % (4 * ROWS_A_SLICE) === 4 * ROWS_A_SLICE - 1) yield;
    const why = whyNot(one, best);
    if (why !== undefined) rejected.push(rejectedFor(one, why));
  }
  return { candidates: tiers[best] ?? [], keepers, draining, rejected };
}

/**
 * Who is tried when nobody is known to work and the operator wants visitors sent on all the same: every ready
 * secondary that takes new visitors, whatever its health, by its configured weight.
 */
export function* anyone(pool: Pool): Slices<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const [at, secondary] of pool.secondaries.entries()) {
    if (at % ROWS_A_SLICE === ROWS_A_SLICE - 1) yield;
    const { candidate, state } = factsOf(secondary, pool, rowOf(secondary, pool));
    const { weight } = secondary;
    if (state === 'ready' && weight > 0) found.push({ ...candidate, weight, warmth: 1 });
  }
  return found;
}

/** What is known of a pool, whatever was sent there. */
type Known = Omit<Pool, 'slots' | 'ledger'>;

/** The first that takes new visitors; `undefined`: nobody does. */
export const someoneUsable = (pool: Known): Secondary | undefined =>
  pool.secondaries.find((secondary) => refusalOf(factsOf(secondary, pool, NO_ROW)) === undefined);

/** Why those take no new visitors who take none, whoever else there is. */
export const rejectionsOf = (pool: Known): readonly Rejected[] =>
  pool.secondaries
    .map((secondary) => factsOf(secondary, pool, NO_ROW))
    .flatMap((one) => {
      const why = refusalOf(one);
      return why === undefined ? [] : [rejectedFor(one, why)];
    });

/** Its row of the ledger, and what that holds. */
type Row = Pick<Candidate, 'slot' | 'sentBefore'>;

const NO_ROW: Row = { slot: -1, sentBefore: 0 };

const rowOf = ({ id }: Secondary, { slots, ledger }: Pool): Row => {
  const slot = slots.get(id);
  if (slot === undefined) throw new TypeError(`${id} has no slot in the ledger`);
  return { slot, sentBefore: ledger?.since(slot) ?? 0 };
};

const factsOf = (secondary: Secondary, pool: Known, { slot, sentBefore }: Row): Facts => {
  const standing = pool.blind ? undefined : pool.standings.get(secondary.id);
  if (standing === undefined) {
    return {
      candidate: { secondary, slot, weight: secondary.weight, warmth: 1, sentBefore },
      state: secondary.state,
      health: pool.blind ? 'up' : 'unknown',
    };
  }
  const { verdict, load } = standing;
  const warm = warmth(verdict, pool.now, pool.slowReturnMs);
  const belief = pool.beliefs?.get(secondary.id);
  const candidate: { -readonly [Key in keyof Candidate]: Candidate[Key] } = {
    secondary,
    slot,
    weight: secondary.weight * warm * (load?.weightShare ?? 1),
    warmth: warm,
    sentBefore,
  };
  if (load !== undefined) candidate.load = load;
  if (belief !== undefined) candidate.belief = belief;
  return {
    candidate,
    state: stricter(stricter(secondary.state, load?.wish), verdict.leaving === true ? 'drain' : undefined),
    health: load?.wish === 'down' ? 'down' : verdict.health,
    verdict,
  };
};

/** Why it takes no new visitors, whoever else there is. */
const refusalOf = ({ candidate, state, health }: Facts): Rejection | undefined => {
  if (state === 'maintenance') return 'maintenance';
  if (health === 'down') return 'down';
  if (state === 'drain') return 'draining';
  return candidate.weight > 0 ? undefined : 'weight-zero';
};

const mayKeep = ({ state, health }: Facts): boolean => state !== 'maintenance' && health !== 'down';

/** Why it is no candidate; `undefined`: it is one. */
const whyNot = (one: Facts, best: number): Rejection | undefined =>
  refusalOf(one) ?? (tierOf(one) === best ? undefined : passedOver(one, best));

const rejectedFor = (one: Facts, why: Rejection): Rejected => {
  const detail = detailOf(one, why);
  return { id: one.candidate.secondary.id, why, ...(detail === undefined ? {} : { detail }) };
};

/** It could serve, but somebody better can. */
const passedOver = ({ health }: Facts, best: number): Rejection =>
  health === 'unknown' && best < 2 ? 'unknown' : 'backup';

/** What the operator's own list does not already tell: the evidence, or that it was the secondary's own wish. */
const detailOf = ({ candidate, verdict }: Facts, why: Rejection): string | undefined => {
  const { secondary, load } = candidate;
  switch (why) {
    case 'down':
      return verdict?.health === 'down' ? becauseOf(verdict) : 'it says so itself';
    case 'unknown':
      return verdict === undefined ? 'not asked yet' : becauseOf(verdict);
    case 'maintenance':
      return secondary.state === 'maintenance' ? undefined : 'it asks for it itself';
    case 'draining':
      if (secondary.state === 'drain') return undefined;
      return verdict?.leaving === true && load?.wish !== 'drain'
        ? leavingWords(verdict)
        : 'it asks for it itself';
    case 'weight-zero':
      return secondary.weight > 0 && load?.weightShare === 0
        ? 'it asks for no share of its weight'
        : undefined;
    case 'backup':
    case 'other-family':
    case 'avoided':
      return undefined;
  }
};
