import { keepReady, type Timers } from '../../src/dispatch/roster/keep-ready.ts';
import { createRosters } from '../../src/dispatch/roster/roster.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { PoolSnapshot, Standing } from '../../src/model/pool.ts';
import { believe } from '../../src/policies/balance/believe.ts';
import { countVisitor, fadingLength, openFading } from '../../src/policies/balance/fading.ts';
import { learn } from '../../src/policies/balance/learn.ts';
import { emptyMemory } from '../../src/policies/balance/memory.ts';
import { weigh } from '../../src/policies/balance/weigh.ts';
import { policies } from '../../src/policies/index.ts';
import { made } from '../contracts/made.ts';
import { secondaryOf, VISIT } from './candidate.ts';
import { quantile } from './measure.ts';

/** What choosing costs, in microseconds. */
export interface Choosing {
  readonly policy: string;
  readonly secondaries: number;
  readonly rates: readonly Rate[];
}

/** What it costs where a visitor comes every so many milliseconds, on average. */
export interface Rate {
  readonly betweenMs: number;
  /** of a visit, the time included that it waits for work between visits that is just under way */
  readonly p50: number;
  readonly p99: number;
  /** work between visits: how long in a second, and the p99 of its slices */
  readonly between: { readonly inASecond: number; readonly slice: number };
}

/** Busy, less busy, quiet: what is worked out between visits is shared by fewer. */
const BETWEEN_MS = [1, 5, 50];
/** Of the other policies, busy and quiet times. */
const BETWEEN_MS_OF_OTHERS = [1, 50];
/** A snapshot comes as often as the worker looks by default. */
const NEWS_MS = 2000;
const WARM_UP = 2000;
const VISITORS = 10_000;
const VISITORS_OF_OTHERS = 4000;

/** Between two visits a core does other things: so much memory is read meanwhile for each millisecond, up to all of it. */
const OTHER_WORK = new Float64Array(2 ** 18);
const OTHER_PER_MS = 2 ** 14;

/**
 * Times the choice among so many secondaries with two threads' counts, as a door thread makes it, with the parts that it
 * makes it by: what is prepared between visits delays those who come meanwhile. Time between visits is not waited for: it
 * is as long as it should be by a clock of its own, and caches are as cold as other work makes them. On this machine, as
 * busy as it is now.
 */
export const timeChoosing = (secondaries: number): Choosing => ({
  policy: 'balance',
  secondaries,
  rates: BETWEEN_MS.map((betweenMs) =>
    timeVisits(secondaries, { policy: weigh, betweenMs, visitors: VISITORS }),
  ),
});

/** The same for every other policy, as it is by default. */
export const timeOthers = (secondaries: number): readonly Choosing[] =>
  Object.keys(policies)
    .filter((name) => name !== 'balance')
    .map((name) => ({
      policy: name,
      secondaries,
      rates: BETWEEN_MS_OF_OTHERS.map((betweenMs) =>
        timeVisits(secondaries, {
          policy: made(policies, name),
          betweenMs,
          visitors: VISITORS_OF_OTHERS,
        }),
      ),
    }));

interface Timing {
  readonly policy: Policy;
  readonly betweenMs: number;
  readonly visitors: number;
}

const timeVisits = (count: number, { policy, betweenMs, visitors }: Timing): Rate => {
  const cells = new Float64Array(new SharedArrayBuffer(16 * fadingLength(count)));
  const fading = [0, 1].map((thread) => openFading(cells, thread * fadingLength(count), count));
  const ledger = { since: () => 0, fading };
  const secondaries = Array.from({ length: count }, (_, slot) => secondaryOf(slot, 1 + (slot % 3)));
  const slots = new Map(secondaries.map(({ id }, slot) => [id, slot]));
  const pool = secondaries.map(({ id, weight }, slot) => ({
    ...{ id, slot, weight },
    load: { at: 1, running: slot % 5, sessions: 50 + (slot % 17), busySeconds: 1, done: 1, started: 1 },
  }));
  // The monitor learns, and no visitor waits for it.
  const beliefs = believe(learn(emptyMemory(0), { now: 1, pool, ledger }));
  const standings = new Map(pool.map(({ id, load }): [string, Standing] => [id, { id, verdict: UP, load }]));

  const line = timeLine();
  let visitor = -WARM_UP;
  const clock = { now: line.now, wall: line.now };
  const rosters = createRosters({
    ...{ secondaries, slots, slowReturnMs: 0, whenAllDown: 'nobody' },
    ...{ ledger, clock, policies: [policy] },
  });
  const ready = keepReady({ rosters, visits: () => visitor, timers: line.timers });
  let snapshot: PoolSnapshot = { seq: 0, at: 0, source: 'cached', standings, beliefs };
  const news = (): void => {
    snapshot = { ...snapshot, seq: snapshot.seq + 1, at: line.now() };
    ready.hear(snapshot);
    line.timers.after(NEWS_MS, news);
  };
  news();

  const took = new Float64Array(visitors);
  let at = 0;
  let beganAt = 0;
  for (; visitor < visitors; visitor += 1) {
    if (visitor === 0) {
      line.forget();
      beganAt = at;
    }
    const gapMs = -betweenMs * Math.log(1 - Math.random());
    at += gapMs;
    line.runUntil(at);
    doOtherWork(gapMs);
    const visit = { ...VISIT, visitor: addressOf(visitor) };
    const began = process.hrtime.bigint();
    const { slot } = rosters
      .of(snapshot)
      .prepared(policy)!
      .pick({ visit, ticket: visitor + WARM_UP, dice: Math.random, now: at, ledger });
    const microseconds = Number(process.hrtime.bigint() - began) / 1000;
    if (visitor >= 0) took[visitor] = microseconds + 1000 * Math.max(0, line.now() - at);
    countVisitor(fading[visitor & 1]!, slot, at);
  }
  ready.stop();
  took.sort();
  const slices = Float64Array.from(line.slices()).sort();
  return {
    ...{ betweenMs, p50: quantile(took, 0.5), p99: quantile(took, 0.99) },
    between: {
      inASecond: slices.reduce((sum, one) => sum + one, 0) / ((at - beganAt) / 1000),
      slice: quantile(slices, 0.99),
    },
  };
};

/** Another network for each. */
const addressOf = (visitor: number): (() => string) => {
  const network = visitor + WARM_UP;
  const address = `10.${network >> 8}.${network & 255}.1`;
  return () => address;
};

/** The time of one thread: timers go off when nothing else is done, and take as long as they really take. */
const timeLine = () => {
  let now = 0;
  let nth = 0;
  const due = new Map<number, { readonly at: number; readonly then: () => void }>();
  let slices: number[] = [];
  const after = (ms: number, then: () => void): (() => void) => {
    const mine = (nth += 1);
    due.set(mine, { at: now + ms, then });
    return () => {
      due.delete(mine);
    };
  };
  const timers: Timers = { after, soon: (then) => after(0, then) };
  return {
    now: () => now,
    timers,
    slices: () => slices,
    forget: () => {
      slices = [];
    },
    /** Does all that is due before an instant: it may then be later. */
    runUntil: (until: number): void => {
      for (;;) {
        let first: number | undefined;
        for (const [key, { at }] of due) if (first === undefined || at < due.get(first)!.at) first = key;
        const next = first === undefined ? undefined : due.get(first);
        if (next === undefined || Math.max(now, next.at) >= until) break;
        due.delete(first!);
        now = Math.max(now, next.at);
        const began = process.hrtime.bigint();
        next.then();
        const ms = Number(process.hrtime.bigint() - began) / 1e6;
        slices.push(ms * 1000);
        now += ms;
      }
      now = Math.max(now, until);
    },
  };
};

let place = 0;
const doOtherWork = (ms: number): void => {
  const reads = Math.min(OTHER_WORK.length, ms * OTHER_PER_MS);
  let sum = 0;
  for (let read = 0; read < reads; read += 8) {
    place = (place + 8) & (OTHER_WORK.length - 1);
    sum += OTHER_WORK[place]!;
  }
  OTHER_WORK[place] = sum;
};

const UP: Standing['verdict'] = { health: 'up', since: 0, passes: 1, fails: 0, flaps: 0 };
