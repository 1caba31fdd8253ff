import type { Complaint } from '../model/complaint.ts';
import { printNetwork } from '../model/network.ts';
import type { Id } from '../model/secondary.ts';

/** What visitors of one network said of one secondary. */
export interface ComplaintRow {
  readonly secondary: Id;
  readonly by: Complaint['by'];
  /** `203.0.113.0/24`, `2001:db8:7::/48`, or `unknown` */
  readonly network: string;
  readonly count: number;
  /** ISO 8601 */
  readonly lastAt: string;
}

/** Counts what visitors say, for the operator. */
export interface Complaints {
  readonly note: (complaint: Complaint) => void;
  /** how often they said it of a secondary since the start, all networks together */
  readonly total: (secondary: Id, by: Complaint['by']) => number;
  /** the most frequent first */
  readonly rows: () => readonly ComplaintRow[];
}

/** So many networks and secondaries are told apart; of more, those heard of last. */
const MOST = 256;

/** @param wall milliseconds since 1970 */
export const createComplaints = (wall: () => number): Complaints => {
  const totals = new Map<string, number>();
  const kept = new Map<string, Omit<ComplaintRow, 'lastAt'> & { readonly lastMs: number }>();
  return {
    note: ({ secondary, by, network }) => {
      const whole = `${secondary} ${by}`;
      totals.set(whole, (totals.get(whole) ?? 0) + 1);
      const key = `${secondary} ${by} ${String(network)}`;
      const before = kept.get(key);
      // Whoever is heard of goes to the end of the line.
      kept.delete(key);
      kept.set(key, {
        ...{ secondary, by, lastMs: wall() },
        network: network < 0 ? 'unknown' : printNetwork(network),
        count: (before?.count ?? 0) + 1,
      });
      if (kept.size <= MOST) return;
      const [oldest] = kept.keys();
      if (oldest !== undefined) kept.delete(oldest);
    },
    total: (secondary, by) => totals.get(`${secondary} ${by}`) ?? 0,
    rows: () =>
      Array.from(kept.values(), ({ lastMs, ...row }) => ({
        ...row,
        lastAt: new Date(lastMs).toISOString(),
      })).sort((one, other) => other.count - one.count),
  };
};
