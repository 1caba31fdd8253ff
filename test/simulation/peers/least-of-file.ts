import type { Row } from '../farm.ts';
import type { Rule } from '../rule.ts';
import { least, usableOf } from './draw.ts';

type Signal = 'running' | 'sessions' | 'loadavg';

/**
 * The article's cached page: the least loaded line of the file, per weight, whatever its age. All visitors of one file
 * flock to it.
 */
export const leastOfFile = (signal: Signal): Rule => ({
  title: `least ${signal} of the file`,
  start: ({ usable, weights, dice }) => {
    const rows = new Map<number, Row>();
    return {
      learn: (server, row) => void rows.set(server, row),
      choose: () =>
        least(usableOf(usable), (server) => (rows.get(server)?.[signal] ?? 0) / weights[server]!, dice),
    };
  },
});

/**
 * Last report plus own assignments since, per weight (local shortest queue). Where there are several dispatchers it is told
 * how many, and counts each visitor of its own as that many.
 */
export const leastWithOwn = (signal: Signal): Rule => ({
  title: `least ${signal} of the file + own`,
  start: ({ count, usable, weights, dice, dispatchers }) => {
    const held = new Float64Array(count);
    return {
      learn: (server, row) => {
        held[server] = row[signal];
      },
      choose: () => {
        const best = least(usableOf(usable), (server) => (held[server]! + 1) / weights[server]!, dice);
        held[best] = held[best]! + dispatchers;
        return best;
      },
    };
  },
});
