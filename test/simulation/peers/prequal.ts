import type { Row } from '../farm.ts';
import type { Rule } from '../rule.ts';
import { usableOf, drawn } from './draw.ts';

/** Prequal's published constants: the pool of probes, the quantile that parts hot from cold, probes a visit. */
const POOL = 16;
const HOT_QUANTILE = 0.84;
const PROBES = 3;

interface Answer {
  readonly server: number;
  running: number;
  readonly answer: number;
  readonly at: number;
}

/**
 * In the manner of Prequal (hot-cold lexicographic): of the answers to recent probes, those with fewer requests in
 * service than most are cold, and the cold one that answers fastest is taken; if all are hot, the one with the fewest.
 * Removes the oldest and the worst in turn, and counts its own choices on top.
 */
export const prequal: Rule = {
  title: `hot or cold, ${PROBES} probes (as Prequal)`,
  probes: PROBES,
  start: ({ usable, dice }) => {
    const pool: Answer[] = [];
    let unasked: number[] = [];
    let turn = 0;
    const takeWorst = (): void => {
      const limit = hotLimit(pool);
      const hot = pool.filter(({ running }) => running > limit);
      const among = hot.length > 0 ? hot : pool;
      const worst = among.reduce((worst, one) =>
        hot.length > 0
          ? one.running > worst.running
            ? one
            : worst
          : one.answer > worst.answer
            ? one
            : worst,
      );
      pool.splice(pool.indexOf(worst), 1);
    };
    return {
      aim: () => {
        if (unasked.length === 0) unasked = [...usableOf(usable)];
        return unasked.splice(Math.floor(dice() * unasked.length), 1)[0]!;
      },
      learn: (server: number, { running, answer }: Row, now: number) => {
        if (pool.length >= POOL) pool.shift();
        pool.push({ server, running, answer: answer(), at: now });
      },
      choose: () => {
        for (let at = pool.length - 1; at >= 0; at -= 1)
          if (usable[pool[at]!.server] === 0) pool.splice(at, 1);
        if (pool.length === 0) return drawn(usableOf(usable), () => 1, dice);
        const limit = hotLimit(pool);
        const cold = pool.filter(({ running }) => running <= limit);
        const best =
          cold.length > 0
            ? cold.reduce((best, one) => (one.answer < best.answer ? one : best))
            : pool.reduce((best, one) => (one.running < best.running ? one : best));
        for (const one of pool) if (one.server === best.server) one.running += 1;
        turn += 1;
        if (pool.length > 1) {
          if (turn % 2 === 0) pool.shift();
          else takeWorst();
        }
        return best.server;
      },
    };
  },
};

const hotLimit = (pool: readonly Answer[]): number => {
  const sorted = pool.map(({ running }) => running).sort((one, other) => one - other);
  return sorted[Math.floor(HOT_QUANTILE * (sorted.length - 1))] ?? 0;
};
