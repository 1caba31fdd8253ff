import type { SecondarySettings } from '../config/settings.ts';
import type { Instant } from '../model/clock.ts';
import type { PoolSnapshot, Standing } from '../model/pool.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Probe } from '../model/probe.ts';
import { onOneLine } from './one-line.ts';
import { createProbe, type ProbeMeans } from './probe.ts';
import { isSameLoad, isSamePing } from './same-question.ts';
import type { Urgency } from './timetable.ts';

/** One secondary and how far a monitor is with it. */
export interface Row {
  secondary: SecondarySettings;
  probe: Probe;
  standing: Standing;
  /** the verdict that will count when the hold is over, unless it passes before */
  withheld: Verdict | undefined;
  /** where in the interval it has its turn */
  phaseMs: number;
  askedAt: Instant | undefined;
  isAsked: boolean;
  /** the question how busy it is is open; it may take longer than the one whether it is there */
  isLoadAsked: boolean;
  /** how it is asked the next time */
  urgency: Urgency;
  /** the last snapshot when it was last heard */
  heardAfter: PoolSnapshot | undefined;
  /** the operator knows that its load cannot be read */
  isLoadLost: boolean;
}

/** The row of a secondary that is new, or is now asked another question or at another place. */
const newRow = (secondary: SecondarySettings, verdict: Verdict, asking: ProbeMeans): Row => ({
  secondary,
  probe: createProbe(secondary, asking, onOneLine(asking.wire)),
  standing: { id: secondary.id, verdict },
  withheld: undefined,
  phaseMs: 0,
  askedAt: undefined,
  isAsked: false,
  isLoadAsked: false,
  urgency: 'in-turn',
  heardAfter: undefined,
  isLoadLost: false,
});

/** The same row with other settings; what is known of its load stays only if it is asked the same. */
const carriedOver = (row: Row, secondary: SecondarySettings, asking: ProbeMeans): Row => {
  const before = row.secondary;
  const isLoadSame = isSameLoad(before, secondary);
  if (!isLoadSame || before.timeoutMs !== secondary.timeoutMs)
    row.probe = createProbe(secondary, asking, onOneLine(asking.wire));
  if (!isLoadSame) {
    row.isLoadLost = false;
    row.standing = { id: secondary.id, verdict: row.standing.verdict };
  }
  row.secondary = secondary;
  return row;
};

/**
 * The row of a secondary in a list that was edited.
 *
 * @param before its row until now
 * @param verdict on it if it is new
 */
export const rowFor = (
  secondary: SecondarySettings,
  before: Row | undefined,
  { verdict, asking }: { readonly verdict: Verdict; readonly asking: ProbeMeans },
): Row =>
  before !== undefined && isSamePing(before.secondary, secondary)
    ? carriedOver(before, secondary, asking)
    : newRow(secondary, verdict, asking);
