import type { Dice } from '../../../src/model/clock.ts';

/** The secondaries that may be chosen; all of them when none may. */
export const usableOf = (usable: Uint8Array): readonly number[] => {
  const servers: number[] = [];
  for (const [server, may] of usable.entries()) if (may === 1) servers.push(server);
  return servers.length > 0 ? servers : Array.from(usable, (_, server) => server);
};

/** One of them, with chances in proportion to `weight`. */
export const drawn = (servers: readonly number[], weight: (server: number) => number, dice: Dice): number => {
  let sum = 0;
  for (const server of servers) sum += weight(server);
  let left = dice() * sum;
  for (const server of servers) {
    left -= weight(server);
    if (left < 0) return server;
  }
  return servers.at(-1)!;
};

/** The one with the least score, of equal ones any with the same chance. */
export const least = (servers: readonly number[], score: (server: number) => number, dice: Dice): number => {
  let best = servers[0]!;
  let lowest = Infinity;
  let ties = 0;
  for (const server of servers) {
    const one = score(server);
    if (one > lowest) continue;
    ties = one === lowest ? ties + 1 : 1;
    if (one < lowest || dice() * ties < 1) best = server;
    lowest = one;
  }
  return best;
};
