import type { Rule } from '../rule.ts';
import { usableOf } from './draw.ts';

/**
 * Smooth weighted round robin, as nginx takes turns: each gains its weight, the highest is taken and pays the sum. Starts
 * at a random point, so that several dispatchers do not walk in step.
 */
export const smoothTurns: Rule = {
  title: 'smooth weighted round robin',
  start: ({ usable, weights, dice }) => {
    const credit = weights.map((weight) => weight * dice());
    return {
      choose: () => {
        const servers = usableOf(usable);
        let sum = 0;
        let best = servers[0]!;
        for (const server of servers) {
          credit[server] = credit[server]! + weights[server]!;
          sum += weights[server]!;
          if (credit[server] > credit[best]!) best = server;
        }
        credit[best] = credit[best]! - sum;
        return best;
      },
    };
  },
};
