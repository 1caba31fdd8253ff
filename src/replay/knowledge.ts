import type { Settings } from '../config/settings.ts';
import type { Dice, Instant } from '../model/clock.ts';
import { countsVisitors, type LoadReport } from '../model/load-report.ts';
import { isNonEmpty } from '../model/non-empty.ts';
import type { Candidate, LedgerView, Policy, Prepared } from '../model/policy.ts';
import type { Standing } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import { olderOfTwo } from '../monitor/older-of-two.ts';
import { believe } from '../policies/balance/believe.ts';
import { countVisitor, fadingLength, openFading } from '../policies/balance/fading.ts';
import { learn } from '../policies/balance/learn.ts';
import { emptyMemory } from '../policies/balance/memory.ts';
import { sift } from '../verdicts/sift.ts';
import { tell } from './tell.ts';

/** What a secondary has done until some instant of a replay. */
export interface Done {
  readonly requests: number;
  /** sessions that began */
  readonly began: number;
  /** sessions that are there */
  readonly sessions: number;
}

/** What the primary of a replay knows of its secondaries: as much, and as old, as the checks of its config would have it. */
export interface Knowledge {
  readonly ledger: LedgerView;
  /** A request comes: a file that was due before it holds all but this one. */
  readonly pass: (now: Instant) => void;
  /** How a policy chooses for who comes now; `undefined`: nobody may serve. */
  readonly prepared: (policy: Policy, now: Instant) => Prepared | undefined;
  /** The slots of those who may serve. */
  readonly serving: (now: Instant) => readonly number[];
  /** He was sent to the slot; after that some secondaries are asked anew. */
  readonly sent: (slot: number, now: Instant) => void;
}

interface KnowledgeParts {
  readonly dice: Dice;
  /** what the secondary of a slot has done */
  readonly doneBy: (slot: number, now: Instant) => Done;
  /** how long an answer usually takes */
  readonly tookMs: () => number;
}

/** In a large pool one row more is hardly news: so many secondaries are asked anew at most once in as many milliseconds. */
const REST_MS_EACH = 1;
/** Requests in service are averaged over at least so long. */
const LEAST_SPAN_MS = 1000;

/**
 * Each secondary tells what its load reader reads, without one the time of its ping. Where checks are cached, all
 * report together at whole intervals from the first request on, and some are asked anew after each visitor; where they
 * are live, all are asked for a visitor as soon as the last answers are too old; where there are none, nothing is
 * known.
 */
export const createKnowledge = (settings: Settings, parts: KnowledgeParts): Knowledge => {
  const { secondaries, checks } = settings;
  const { dice, doneBy, tookMs } = parts;
  const count = secondaries.length;
  const slots = new Map(secondaries.map(({ id }, slot) => [id, slot]));
  const fading = openFading(new Float64Array(fadingLength(count)), 0, count);
  const since = new Float64Array(count);
  const ledger: LedgerView = { since: (slot) => since[slot] ?? 0, fading: [fading] };
  const loads: (LoadReport | undefined)[] = secondaries.map(() => undefined);
  const requestsBefore = new Float64Array(count);
  let fromAt = NaN;
  let allAt = -Infinity;
  let memory = emptyMemory(0);
  let candidates: readonly Candidate[] | undefined;
  const ready = new Map<Policy, Prepared>();
  /** the instant of reports that are not learned yet */
  let newsAt: Instant | undefined;
  let askedAt = -Infinity;

  const report = (slot: number, at: Instant): void => {
    const { requests, began, sessions } = doneBy(slot, at);
    const before = loads[slot];
    const spanMs = Math.max(LEAST_SPAN_MS, at - (before?.at ?? fromAt));
    const { weight = 1, load } = secondaries[slot] ?? {};
    const fresh = requests - (requestsBefore[slot] ?? 0);
    const running = (fresh * tookMs()) / spanMs / Math.max(weight, 1e-6);
    requestsBefore[slot] = requests;
    const told = tell(load, at, { running, sessions, requests, began });
    loads[slot] = told;
    if (countsVisitors(told)) since[slot] = 0;
    newsAt = at;
    candidates = undefined;
  };
  const reportAll = (at: Instant): void => {
    learnNews();
    for (let slot = 0; slot < count; slot += 1) report(slot, at);
    allAt = at;
  };
  /** Nobody was sent anywhere since: it is as if it were learned when it came. */
  const learnNews = (): void => {
    if (newsAt === undefined) return;
    const pool = secondaries.map(({ id, weight, at }, slot) => {
      const load = loads[slot];
      return { id, slot, weight, at, ...(load && { load }) };
    });
    memory = learn(memory, { now: newsAt, everyMs: checks.everyMs, pool, ledger });
    newsAt = undefined;
  };

  const sifted = (now: Instant): readonly Candidate[] => {
    learnNews();
    ready.clear();
    const standings = new Map(
      secondaries.map(({ id }, slot): [Id, Standing] => {
        const load = loads[slot];
        return [id, { id, verdict: UP, ...(load && { load }) }];
      }),
    );
    return sift({
      ...{ secondaries, standings, slots, ledger, now },
      beliefs: believe(memory),
      blind: checks.from === 'none',
      slowReturnMs: 0,
    }).candidates;
  };

  return {
    ledger,
    pass: (now) => {
      if (Number.isNaN(fromAt)) {
        fromAt = now;
        memory = emptyMemory(now);
      }
      if (checks.from !== 'cached') return;
      const dueAt = fromAt + Math.floor((now - fromAt) / checks.everyMs) * checks.everyMs;
      if (dueAt > allAt) reportAll(dueAt);
    },
    prepared: (policy, now) => {
      if (checks.from === 'live' && !(now - allAt <= checks.freshnessMs)) reportAll(now);
      candidates ??= sifted(now);
      if (!isNonEmpty(candidates)) return undefined;
      const known = ready.get(policy);
      if (known !== undefined) return known;
      const made = policy(candidates);
      ready.set(policy, made);
      return made;
    },
    serving: (now) => (candidates ??= sifted(now)).map(({ slot }) => slot),
    sent: (slot, now) => {
      countVisitor(fading, slot, now);
      since[slot] = (since[slot] ?? 0) + 1;
      if (checks.from !== 'cached' || now - askedAt < count * REST_MS_EACH) return;
      askedAt = now;
      for (let nth = 0; nth < checks.freshen; nth += 1) {
        const older = olderOfTwo(count, (one) => loads[one]?.at ?? -Infinity, dice);
        if (older !== undefined) report(older, now);
      }
      learnNews();
    },
  };
};

const UP: Standing['verdict'] = { health: 'up', since: 0, passes: 1, fails: 0, flaps: 0 };
