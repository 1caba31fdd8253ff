import type { Settings } from '../config/settings.ts';
import { createWays, mainWay } from '../dispatch/entrances.ts';
import { parseTarget } from '../dispatch/visit/target.ts';
import type { Dice, Instant } from '../model/clock.ts';
import type { Policy } from '../model/policy.ts';
import type { Id } from '../model/secondary.ts';
import type { Host, Target, Visit } from '../model/visit.ts';
import { SESSION_MS } from '../report/visitors.ts';
import type { Choice } from '../unit.ts';
import { createKnowledge, type Knowledge } from './knowledge.ts';
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
  /** it took new visitors, whether or not it got any */
  readonly isCandidate: boolean;
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
  /** requests that came more than a minute after a later one: they count when they came */
  readonly late: number;
  /**
   * visitors for whom there was nobody, each counted once for as long as he would have stayed where he was sent, and at
   * each visit where nobody is bound
   */
  readonly unserved: number;
}

/** A replay under way. */
export interface Replay {
  /** Takes the next request, in the order of time; one that comes late counts when it comes. */
  readonly take: (request: LoggedRequest) => void;
  readonly end: () => Replayed;
}

/** Without a cookie a visitor stays at the secondary's own address for as long as he goes on clicking. */
const STAY_MS = 30 * 60_000;
/** What a request takes where the log does not tell. */
const USUAL_TOOK_MS = 100;
const MINUTE_MS = 60_000;
/**
 * The row of a visitor for whom there was nobody: until he is gone for as long as others stay bound he is one, not one at
 * each request.
 */
const NOBODY = -1;
/** Visitors remembered before those who left are looked for. */
const MANY = 10_000;

/**
 * Sends the visitors of a log to the secondaries of a config, by its affinity and by the policy and checks of the entrance
 * that each came in by, at the times of the log. What the primary would answer itself comes in the main way. The
 * secondaries are taken to be up and as fast as their weights say; they report when the checks of the config would ask
 * them what these requests would have made of them, as far as their load readers can read it. The same for the same log.
 *
 * @param policyOf makes the policy that the config names
 */
export const startReplay = (settings: Settings, policyOf: (choice: Choice) => Policy, dice: Dice): Replay => {
  const { secondaries, affinity } = settings;
  const tallies = secondaries.map(() => ({
    visitors: 0,
    requests: 0,
    began: 0,
    tookMs: 0,
    ...emptyMinutes(),
  }));
  const all = emptyMinutes();
  const presence = createPresence(secondaries.length, SESSION_MS);
  const boundMs = affinity === false ? STAY_MS : affinity.forMs;
  const visitors = new Map<string, Visitor>();
  let many = MANY;
  let [came, requests, unserved, timed, late] = [0, 0, 0, 0, 0];
  let fromAt = NaN;
  let toAt = -Infinity;
  const parts = {
    dice,
    doneBy: (slot: number, now: Instant) => {
      const { requests: got = 0, began = 0 } = tallies[slot] ?? {};
      return { requests: got, began, sessions: presence.of(slot, now) };
    },
    tookMs: () => (timed > 0 ? tallies.reduce((sum, { tookMs }) => sum + tookMs, 0) / timed : USUAL_TOOK_MS),
  };
  const known = new Map<Way['checks'], Knowledge>();
  const makeWay = ({ policy, checks, affinity: binds }: Way): Entrance => {
    const from = { ...settings, checks: { ...settings.checks, from: checks } };
    const knowledge = known.get(checks) ?? createKnowledge(from, parts);
    known.set(checks, knowledge);
    return { policy: policyOf(policy), knowledge, binds, came: 0 };
  };
  const main = makeWay(mainWay(settings));
  const named = Array.from(
    settings.entrances,
    ([path, way]) => [path, way === 'local' ? main : makeWay(way)] as const,
  );
  const wayOf = createWays(new Map(named), main);

  const choose = (visit: Visit, way: Entrance, now: number): number | undefined => {
    const { ledger, prepared } = way.knowledge;
    const picks = prepared(way.policy, now);
    if (picks === undefined) return undefined;
    const { slot } = picks.pick({ visit, ticket: way.came, dice, now, ledger });
    way.came += 1;
    came += 1;
    for (const { sent } of known.values()) sent(slot, now);
    const tally = tallies[slot];
    if (tally !== undefined) tally.visitors += 1;
    return slot;
  };

  const visitorOf = (request: LoggedRequest, now: number): Visitor => {
    const visit = visitOf(request);
    const found = wayOf(visit.target);
    const way = found === 'own' ? main : found;
    const name = `${request.address}\n${request.agent}`;
    const bound = way.binds ? visitors.get(name) : undefined;
    if (bound !== undefined && now - bound.lastAt <= boundMs) return bound;
    const slot = choose(visit, way, now) ?? NOBODY;
    if (slot === NOBODY) unserved += 1;
    // Who is bound elsewhere stays so; where this way leads him again he goes on with the session that he has there.
    const key = way.binds ? name : `${name}\n${slot}`;
    const before = way.binds ? undefined : visitors.get(key);
    if (before !== undefined) return before;
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
      if (Number.isNaN(fromAt)) fromAt = request.at;
      const now = Math.max(toAt, request.at);
      if (now - request.at > MINUTE_MS) late += 1;
      toAt = now;
      for (const { pass } of known.values()) pass(now);
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
    end: () => {
      // What is known differs from way to way, but all are taken to be up: who may serve does not.
      const candidates = new Set(main.knowledge.serving(toAt));
      return {
        borne: secondaries.map(({ id, weight }, slot): Borne => {
          const { visitors: sent = 0, requests: got = 0, most = 0, tookMs = 0 } = tallies[slot] ?? {};
          const isCandidate = candidates.has(slot);
          return { id, weight, visitors: sent, requests: got, busiestMinute: most, tookMs, isCandidate };
        }),
        visitors: came,
        requests,
        busiestMinute: all.most,
        fromAt,
        toAt,
        late,
        unserved,
      };
    },
  };
};

type Way = Pick<ReturnType<typeof mainWay>, 'policy' | 'checks' | 'affinity'>;

/** A way in, as a replay keeps it. */
interface Entrance {
  readonly policy: Policy;
  readonly knowledge: Knowledge;
  /** whether visitors stay where it sent them; else each of their visits is a new choice */
  readonly binds: boolean;
  /** how many came this way: its next ticket */
  came: number;
}

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
