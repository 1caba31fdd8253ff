import type { Row } from '../farm.ts';
import type { Rule } from '../rule.ts';
import { drawn, usableOf } from './draw.ts';

/** Draws two different secondaries by weight and takes the less loaded by the file, with or without own assignments. */
export const twoChoices = (signal: 'running' | 'sessions', own: 'with own' | 'without own'): Rule => ({
  title: `two choices, ${signal} of the file${own === 'with own' ? ' + own' : ''}`,
  start: ({ count, usable, weights, dice, dispatchers }) => {
    const held = new Float64Array(count);
    const weight = (server: number): number => weights[server]!;
    return {
      learn: (server: number, row: Row) => {
        held[server] = row[signal];
      },
      choose: () => {
        const servers = usableOf(usable);
        const one = drawn(servers, weight, dice);
        const rest = servers.filter((server) => server !== one);
        const other = rest.length === 0 ? one : drawn(rest, weight, dice);
        const best = (held[other]! + 1) / weight(other) < (held[one]! + 1) / weight(one) ? other : one;
        if (own === 'with own') held[best] = held[best]! + dispatchers;
        return best;
      },
    };
  },
});
