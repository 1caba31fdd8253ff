import type { Belief, Candidate, LedgerView, Prepared } from '../../src/model/policy.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import { isNonEmpty } from '../../src/model/non-empty.ts';
import { BUSY_MS, gatherMs, REST_MS } from '../../src/monitor/freshener.ts';
import { olderOfTwo } from '../../src/monitor/older-of-two.ts';
import { balance } from '../../src/policies/balance.ts';
import { believe } from '../../src/policies/balance/believe.ts';
import { countVisitor, fadingLength, openFading } from '../../src/policies/balance/fading.ts';
import { learn } from '../../src/policies/balance/learn.ts';
import { emptyMemory } from '../../src/policies/balance/memory.ts';
import { warmth } from '../../src/verdicts/warmth.ts';
import { secondaryOf, VISIT } from './candidate.ts';
import type { Row } from './farm.ts';
import type { Place, Rule, Telling } from './rule.ts';
import { usableOf } from './peers/draw.ts';

const policy = balance.make({});

/** The default of `slowReturn`. */
const SLOW_RETURN_MS = 90_000;
/** While a secondary warms up its share grows; dispatch prepares anew this often. */
const WARMING_STEP = 1;

const MS = 1000;

/** A visit waits half of the freshener's step on average, what was heard as long as a small pool's news does. Seconds. */
const PROBE_WAITS = { toAsk: BUSY_MS / 2 / MS, toTell: gatherMs(1) / MS };
const REST = REST_MS / MS;

/**
 * The program's own rule, put together as the primary does it: the ledger's counts, the slow loop at every report, the
 * policy prepared for every snapshot, the aim of the probes. What is written again here, as little as it takes, is what
 * stands around it: the list of candidates, the one who counts, and in `news.ts` which numbers are let in.
 */
export const balanceRule = (probes: number, telling?: 'as Apache' | 'as nginx'): Rule => ({
  title: titleOf(probes, telling),
  probes,
  probeWaits: PROBE_WAITS,
  start: (place) => {
    const { count, weights, every, dice } = place;
    const counts = openFading(new Float64Array(fadingLength(count)), 0, count);
    const ledger: LedgerView = { since: () => 0, fading: [counts] };
    const loads: (LoadReport | undefined)[] = weights.map(() => undefined);
    const heardAt = new Float64Array(count).fill(-Infinity);
    let memory = emptyMemory(0);
    let beliefs: ReadonlyMap<string, Belief> = new Map();
    let prepared: Prepared;
    let until = -Infinity;
    /** when news came that is not learned yet; -Infinity: none */
    let newsAt = -Infinity;

    /** All that came since the last visitor at once: the program rests between two readings as well. */
    const learnNews = (): void => {
      const pool = weights.map((weight, slot) => {
        const load = loads[slot];
        return { id: String(slot), slot, weight, ...(load && { load }) };
      });
      memory = learn(memory, { now: newsAt * MS, everyMs: every * MS, pool, ledger });
      beliefs = believe(memory);
      newsAt = -Infinity;
      until = -Infinity;
    };
    const prepare = (now: number): void => {
      const candidates = usableOf(place.usable).map((slot) =>
        candidateOf(place, { slot, now, belief: beliefs.get(String(slot)) }),
      );
      if (!isNonEmpty(candidates)) throw new RangeError('a pool of nobody');
      prepared = policy(candidates);
      until = candidates.some((one) => one.warmth < 1) ? now + WARMING_STEP : Infinity;
    };

    return {
      learn: (slot, row) => {
        loads[slot] = reportOf(row, telling ?? place.telling);
        heardAt[slot] = row.at;
      },
      refreshed: (now) => {
        newsAt = now;
      },
      choose: (now) => {
        if (newsAt !== -Infinity) learnNews();
        if (now >= until || until === -Infinity) prepare(now);
        const { slot } = prepared.pick({ visit: VISIT, ticket: 0, dice, now: now * MS, ledger });
        countVisitor(counts, slot, now * MS);
        return slot;
      },
      aim: (now) => {
        const older = olderOfTwo(count, (slot) => heardAt[slot]!, dice) ?? -1;
        if (now - heardAt[older]! < REST) return -1;
        heardAt[older] = now;
        return older;
      },
    };
  },
});

const candidateOf = (
  { weights, since }: Place,
  { slot, now, belief }: { readonly slot: number; readonly now: number; readonly belief: Belief | undefined },
): Candidate => {
  const warm = since[slot] === -Infinity ? 1 : warmth(warming(since[slot]!), now * MS, SLOW_RETURN_MS);
  const weight = weights[slot]!;
  return {
    secondary: secondaryOf(slot, weight),
    slot,
    weight: weight * warm,
    warmth: warm,
    sentBefore: 0,
    ...(belief && { belief }),
  };
};

const titleOf = (probes: number, telling: Telling | undefined): string => {
  const by = probes === 0 ? '' : ` + ${probes} probe${probes === 1 ? '' : 's'} after each visit`;
  return `balance${telling === undefined ? '' : `, reports ${telling}`}${by}`;
};

const reportOf = (row: Row, telling: Telling): LoadReport => {
  const { running, sessions, busySeconds, done, errors, started, durations, ping } = row;
  const at = row.at * MS;
  if (telling === 'pings') return { at, answerMs: ping * MS };
  if (telling === 'as nginx') return { at, running, answered: done + errors };
  if (telling === 'as Apache') return { at, running, answered: done + errors, busySeconds: durations };
  return { at, running, sessions, busySeconds, done, started };
};

const warming = (since: number) => ({
  health: 'up' as const,
  since: since * MS,
  passes: 1,
  fails: 0,
  flaps: 0,
  warmingSince: since * MS,
});
