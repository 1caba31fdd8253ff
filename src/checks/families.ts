import type { Outcome } from '../model/outcome.ts';
import type { Zod } from '../unit.ts';
import { printable } from '../wire/printable.ts';
import type { Family } from '../wire/wire.ts';

/** Which versions of IP a check asks over; `both` passes only when both pass. */
export type Families = Family | 'both';

/** The option of that name. */
export const familyOption = (zod: Zod) =>
  zod
    .union([zod.literal([4, 6]), zod.enum(['any', 'both'])])
    .default('any')
    .describe('Version of IP: 4, 6, "any" that works, or "both", which passes only when both work.');

/** Probes over one version of IP, or over both at once; a failure over both says which version failed. */
export const overFamilies = async (
  families: Families,
  probe: (family: Family) => Promise<Outcome>,
): Promise<Outcome> => {
  if (families !== 'both') return probe(families);
  const outcomes = await Promise.all([probe(4), probe(6)]);
  const tookMs = Math.max(...outcomes.map((outcome) => outcome.tookMs));
  const complaints = outcomes.flatMap((outcome, index) =>
    outcome.ok ? [] : [{ failure: outcome.failure, detail: `IPv${index === 0 ? 4 : 6}: ${outcome.detail}` }],
  );
  const [first] = complaints;
  if (first === undefined) {
    const isLeaving = outcomes.some((outcome) => outcome.ok && outcome.leaving === true);
    return { ok: true, tookMs, ...(isLeaving ? { leaving: true as const } : {}) };
  }
  const detail = printable(complaints.map((complaint) => complaint.detail).join('; '));
  return { ok: false, tookMs, failure: first.failure, detail };
};
