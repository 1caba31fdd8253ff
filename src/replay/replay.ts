import type { Settings } from '../config/settings.ts';
import { parseTarget } from '../dispatch/visit/target.ts';
import type { Dice } from '../model/clock.ts';
import type { LoadReport } from '../model/load-report.ts';
import { isNonEmpty } from '../model/non-empty.ts';
import type { LedgerView, Policy, Prepared } from '../model/policy.ts';
import type { Standing } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import type { Host, Target, Visit } from '../model/visit.ts';
import { believe } from '../policies/balance/believe.ts';
import { countVisitor, fadingLength, openFading } from '../policies/balance/fading.ts';
import { learn } from '../policies/balance/learn.ts';
import { emptyMemory } from '../policies/balance/memory.ts';
import { SESSION_MS } from '../report/visitors.ts';
import { sift } from '../verdicts/sift.ts';
import { createPresence, type Visitor } from './presence.ts';

/** One request of a log. */
export interface LoggedRequest {
  /** milliseconds since 1970 */
  readonly at: number;
  readonly address: string;
  readonly agent: string;
  readonly target: string;
  /** absent: the log does not tell */
  readonly tookMs?: number;
}

/** What a secondary would have had to bear. */
export interface Borne {
  readonly id: Id;
  readonly weight: number;
  readonly visitors: number;
  readonly requests: number;
  /** requests in its busiest minute */
  readonly busiestMinute: number;
  /** sum of the times of its answers; 0 where the log does not tell them */
  readonly tookMs: number;
}

/** What a replay showed. */
export interface Replayed {
  readonly borne: readonly Borne[];
  readonly visitors: number;
  readonly requests: number;
  /** requests in the busiest minute of all together */
  readonly busiestMinute: number;
  readonly fromAt: number;
  readonly toAt: number;
  /** visitors for whom there was nobody, each counted once for as long as he would have stayed where he was sent */
  readonly unserved: number;
}

/** A replay under way. */
export interface Replay {
  /** Takes the next request, in the order of time. */
  readonly take: (request: LoggedRequest) => void;
  readonly end: () => Replayed;
}

/** Without a cookie a visitor stays at the secondary's own address for as long as he goes on clicking. */
const STAY_MS = 30 * 60_000;
/** What a request takes where the log does not tell. */
const USUAL_TOOK_MS = 100;
const MINUTE_MS = 60_000;
/** The row of a visitor for whom there was nobody: until he is gone for as long as others stay bound he is one, not one at each request. */
const NOBODY = -1;
/** Visitors remembered before those who left are looked for. */
const MANY = 10_000;

/**
 * Sends the visitors of a log to the secondaries of a config, by its policy and affinity, at the times of the log. The
 * secondaries are taken to be up and as fast as their weights say; they report as often as the config says what these
 * requests would have made of them. The same for the same log.
 */
export const startReplay = (settings: Settings, policy: Policy, dice: Dice): Replay => {
  const { secondaries, affinity, checks } = settings;
  const slots = new Map(secondaries.map(({ id }, slot) => [id, slot]));
  const fading = openFading(new Float64Array(fadingLength(slots.size)), 0, slots.size);
  const since = new Float64Array(slots.size);
  const ledger: LedgerView = { since: (slot) => since[slot] ?? 0, fading: [fading] };
  const tallies = secondaries.map(() => ({
    visitors: 0,
    requests: 0,
    began: 0,
    tookMs: 0,
    ...emptyMinutes(),
  }));
  const all = emptyMinutes();
  const presence = createPresence(slots.size, SESSION_MS);
  const boundMs = affinity === false ? STAY_MS : affinity.forMs;
  const visitors = new Map<string, Visitor>();
  let many = MANY;
  let memory = emptyMemory(0);
  let prepared: Prepared | undefined;
  let reportedAt = -Infinity;
  let requestsThen: readonly number[] = secondaries.map(() => 0);
  let [came, requests, unserved, timed] = [0, 0, 0, 0];
  let fromAt = NaN;
  let toAt = -Infinity;

  const report = (now: number): void => {
    const spanMs = Math.max(1, now - Math.max(reportedAt, fromAt));
    const took = timed > 0 ? tallies.reduce((sum, { tookMs }) => sum + tookMs, 0) / timed : USUAL_TOOK_MS;
    const loads = secondaries.map(({ weight }, slot): LoadReport => {
      const { requests: done = 0, began: started = 0 } = tallies[slot] ?? {};
      const running = ((done - (requestsThen[slot] ?? 0)) * took) / spanMs / Math.max(weight, 1e-6);
      return { at: now, running, sessions: presence.of(slot, now), done, started };
    });
    requestsThen = tallies.map((tally) => tally.requests);
    reportedAt = now;
    since.fill(0);
    const pool = secondaries.map(({ id, weight, at }, slot) => {
      const load = loads[slot];
      return { id, slot, weight, at, ...(load && { load }) };
    });
    memory = learn(memory, { now, everyMs: checks.everyMs, pool, ledger });
    const standings = new Map(
      pool.map(({ id, load }): [Id, Standing] => [id, { id, verdict: UP, ...(load && { load }) }]),
    );
    const { candidates } = sift({
      ...{ secondaries, standings, slots, now },
      beliefs: believe(memory),
      blind: false,
      slowReturnMs: 0,
    });
    prepared = isNonEmpty(candidates) ? policy(candidates) : undefined;
  };

  const choose = (request: LoggedRequest, now: number): number | undefined => {
    if (now - reportedAt >= checks.everyMs) report(now);
    if (prepared === undefined) return undefined;
    const { slot } = prepared.pick({ visit: visitOf(request), ticket: came, dice, now, ledger });
    came += 1;
    countVisitor(fading, slot, now);
    since[slot] = (since[slot] ?? 0) + 1;
    const tally = tallies[slot];
    if (tally !== undefined) tally.visitors += 1;
    return slot;
  };

  const visitorOf = (request: LoggedRequest, now: number): Visitor => {
    const key = `${request.address}\n${request.agent}`;
    const known = visitors.get(key);
    if (known !== undefined && now - known.lastAt <= boundMs) return known;
    const slot = choose(request, now) ?? NOBODY;
    if (slot === NOBODY) unserved += 1;
    const visitor: Visitor = { slot, lastAt: now, isHere: false };
    visitors.set(key, visitor);
    if (visitors.size >= many) {
      for (const [name, { lastAt }] of visitors) if (now - lastAt > boundMs) visitors.delete(name);
      many = Math.max(MANY, visitors.size * 2);
    }
    return visitor;
  };

  return {
    take: (request) => {
      if (Number.isNaN(fromAt)) {
        fromAt = request.at;
        memory = emptyMemory(fromAt);
      }
      const now = Math.max(toAt, request.at);
      toAt = now;
      const visitor = visitorOf(request, now);
      const tally = tallies[visitor.slot];
      if (tally === undefined) {
        visitor.lastAt = now;
        return;
      }
      requests += 1;
      tally.requests += 1;
      if (presence.ask(visitor, now)) tally.began += 1;
      if (request.tookMs !== undefined) {
        timed += 1;
        tally.tookMs += request.tookMs;
      }
      passMinute(tally, now);
      passMinute(all, now);
    },
    end: () => ({
      borne: secondaries.map(({ id, weight }, slot): Borne => {
        const { visitors: sent = 0, requests: got = 0, most = 0, tookMs = 0 } = tallies[slot] ?? {};
        return { id, weight, visitors: sent, requests: got, busiestMinute: most, tookMs };
      }),
      visitors: came,
      requests,
      busiestMinute: all.most,
      fromAt,
      toAt,
      unserved,
    }),
  };
};

interface Minutes {
  minute: number;
  inMinute: number;
  most: number;
}

const emptyMinutes = (): Minutes => ({ minute: -1, inMinute: 0, most: 0 });

const passMinute = (minutes: Minutes, now: number): void => {
  const minute = Math.floor(now / MINUTE_MS);
  minutes.inMinute = minute === minutes.minute ? minutes.inMinute + 1 : 1;
  minutes.minute = minute;
  minutes.most = Math.max(minutes.most, minutes.inMinute);
};

const UP: Standing['verdict'] = { health: 'up', since: 0, passes: 1, fails: 0, flaps: 0 };

const visitOf = ({ address, target }: LoggedRequest): Visit => ({
  method: 'GET',
  scheme: 'http',
  host: 'localhost' as Host,
  target: parseTarget(target) ?? ('/' as Target),
  visitor: () => address,
  cookie: '',
  avoid: [],
  userAgent: '',
  accept: '',
  dest: '',
});
