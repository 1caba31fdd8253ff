import type { Belief, Outlook } from '../../model/policy.ts';
import type { Id } from '../../model/secondary.ts';
import { capacities, capacityOf, type Rated } from './capacities.ts';
import { FAST_MS, FRUITLESS, MOST_PER_REQUEST, REQUEST_WEIGHT, SLOW_MS } from './constants.ts';
import { heardOf } from './heard.ts';
import { meanOf } from './mean.ts';
import type { Memory } from './memory.ts';
import { runQueueOf, type RunQueue } from './run-queue.ts';
import { fruitlessOf } from './served.ts';
import { sessionsOf, type Sessions } from './sessions.ts';

/**
 * What the memory lets us believe of each secondary that ever reported: how fast it is, how many sessions it holds, how
 * far its run queue is from the fair one. Numbers that contradict what this primary knows are replaced by what is fair;
 * what a secondary does not tell counts as fair, never as 0. One that is not heard any more is judged by own visitors.
 */
export const believe = (memory: Memory): ReadonlyMap<Id, Belief> => {
  const all = capacities(memory);
  const pool = heardOf(all, memory.everyMs);
  const fruitless = fruitlessOf(pool);
  const sessions = sessionsOf(pool, fruitless);
  const doubted = new Set([...sessions.liars, ...fruitless]);
  const queue = runQueueOf(pool, doubted);
  const outlook = outlookOf(memory, pool, { sessions, queue, doubted });
  // Who lies is not fast, and who makes nothing of his visitors shall have fewer.
  const believed = (id: Id, multiple: number): number => {
    const most = fruitless.has(id) ? FRUITLESS : doubted.has(id) ? 1 : Infinity;
    return Math.min(most, multiple);
  };
  const beliefs = new Map(
    all.map(({ id, row, multiple }): [Id, Belief] => [
      id,
      { ...NOTHING_TOLD, at: row.readAt, capacity: believed(id, multiple), outlook },
    ]),
  );
  for (const [at, { id, row, multiple }] of pool.entries()) {
    const told = sessions.of[at];
    const ageMs = row.readAt - row.report.at;
    beliefs.set(id, {
      at: row.readAt,
      sessions: (told ?? 0) * Math.exp(-ageMs / SLOW_MS),
      excess: (queue.excess[at] ?? 0) * Math.exp(-ageMs / FAST_MS),
      slowBefore: told === undefined ? 0 : row.slowBefore,
      fastBefore: queue.isTold[at] === true ? row.fastBefore : NaN,
      capacity: believed(id, multiple),
      outlook,
    });
  }
  return beliefs;
};

const NOTHING_TOLD = { sessions: 0, excess: 0, slowBefore: 0, fastBefore: NaN };

const outlookOf = (
  { usual }: Memory,
  pool: readonly Rated[],
  {
    sessions,
    queue,
    doubted,
  }: { readonly sessions: Sessions; readonly queue: RunQueue; readonly doubted: ReadonlySet<Id> },
): Outlook => {
  const { held, perVisitor } = sessions;
  const requests = Math.max(queue.running, (held * REQUEST_WEIGHT) / MOST_PER_REQUEST);
  const capacity = capacityOf(pool);
  return {
    perVisitor,
    load: loadOf(pool.filter(({ id }) => !doubted.has(id))),
    usual: usual.ms > 0 ? meanOf(usual) : 0,
    perRequest: requests > 0 && queue.isTold.includes(true) ? (held * REQUEST_WEIGHT) / requests : 0,
    fairSessions: capacity > 0 ? held / capacity : 0,
    fairFast: fairFastOf(pool, queue),
  };
};

/** Own visitors that the told run queues hold, for each unit of capacity, as of the latest reading; older ones say less. */
const fairFastOf = (pool: readonly Rated[], { isTold }: RunQueue): number => {
  const telling = pool.filter((_, at) => isTold[at] === true);
  const latest = telling.reduce((at, { row }) => Math.max(at, row.readAt), -Infinity);
  let held = 0;
  let whole = 0;
  for (const { row, capacity } of telling) {
    const share = Math.exp((row.readAt - latest) / FAST_MS);
    held += row.fastBefore * share;
    whole += capacity * share;
  }
  return whole > 0 ? held / whole : 0;
};

/**
 * The part of the pool's capacity in use; 1, which splits by capacity, where nobody tells. A machine that tells only its
 * requests in service is in use as one queue with so many of them is: more than it is if it has several cores.
 */
const loadOf = (pool: readonly Rated[]): number => {
  const loads = pool.map((one) => ({ capacity: one.capacity, load: usualLoad(one) }));
  const telling = loads.filter(({ load }) => !Number.isNaN(load));
  const whole = telling.reduce((sum, { capacity }) => sum + capacity, 0);
  const busy = telling.reduce((sum, { capacity, load }) => sum + capacity * load, 0);
  return whole > 0 ? Math.min(1, busy / whole) : 1;
};

const usualLoad = ({ row, isOneQueue }: Rated): number => {
  const busy = meanOf(row.busy);
  if (!Number.isNaN(busy) && isOneQueue) return busy;
  const running = meanOf(row.running);
  return running / (1 + running);
};
