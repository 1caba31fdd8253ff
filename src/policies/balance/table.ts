import type { NonEmpty } from '../../model/non-empty.ts';
import type { Candidate, Outlook } from '../../model/policy.ts';
import { FAST_MS, OWN_REQUEST, SLOW_MS } from './constants.ts';

/** Candidates in flat arrays, by their place in the list. */
export interface Table {
  readonly outlook: Outlook;
  /** the instant that `sessions` and `excess` are of */
  readonly at: number;
  readonly slots: Int32Array;
  /** sessions reported, less own visitors among them; fading slowly */
  readonly sessions: Float64Array;
  /** requests in service beyond the fair ones, less own visitors among them, in sessions; fading fast */
  readonly excess: Float64Array;
  /** sessions that one visitor of the fast counts stands for */
  readonly perFast: number;
  /** half of what the visitor to come adds, and a credit to those who come back */
  readonly fixed: Float64Array;
  readonly capacities: Float64Array;
  readonly warmths: Float64Array;
}

/** Where nobody learns: weights as configured, own counts alone. */
const BLIND: Outlook = { perVisitor: 1, load: 1, usual: 0, perRequest: 0, fairSessions: 0, fairFast: 0 };

/** Lays out the candidates with what is believed of them; a secondary that never reported has own counts alone. */
export const tableOf = (candidates: NonEmpty<Candidate>): Table => {
  const outlook = candidates.find(({ belief }) => belief !== undefined)?.belief?.outlook ?? BLIND;
  const at = candidates.reduce((latest, { belief }) => Math.max(latest, belief?.at ?? 0), 0);
  const column = (): Float64Array => new Float64Array(candidates.length);
  const table: Table = {
    outlook,
    at,
    slots: Int32Array.from(candidates, ({ slot }) => slot),
    sessions: column(),
    excess: column(),
    perFast: outlook.perRequest * OWN_REQUEST,
    fixed: column(),
    capacities: column(),
    warmths: column(),
  };
  for (const [place, { weight, warmth, belief }] of candidates.entries()) {
    const capacity = (weight / warmth) * (belief?.capacity ?? 1);
    table.capacities[place] = capacity;
    table.warmths[place] = warmth;
    // Half a step, so that turns go by weight even where everybody holds next to nothing (Webster's way to round).
    // Who comes back is as full as others at first: or it would be caught up with at full blast.
    table.fixed[place] =
      (outlook.perVisitor + table.perFast) / 2 + outlook.fairSessions * capacity * (1 - warmth);
    // Whose run queue nobody tells has a fair one: of his own visitors it holds as many as others' do.
    table.excess[place] = -table.perFast * outlook.fairFast * capacity;
    if (belief === undefined) continue;
    const ageMs = at - belief.at;
    table.sessions[place] =
      (belief.sessions - outlook.perVisitor * belief.slowBefore) * Math.exp(-ageMs / SLOW_MS);
    if (Number.isNaN(belief.fastBefore)) continue;
    table.excess[place] =
      (outlook.perRequest * belief.excess - table.perFast * belief.fastBefore) * Math.exp(-ageMs / FAST_MS);
  }
  return table;
};
