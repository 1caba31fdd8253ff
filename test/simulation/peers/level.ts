import type { Rule } from '../rule.ts';
import { drawn, usableOf } from './draw.ts';

/**
 * How far up the level goes when `volume` is poured over unequal columns: the chance of each column is what it takes.
 * (Dahlin, Interpreting Stale Load Information; the same level as in TWF and SCD.)
 */
export const pour = (
  heights: readonly number[],
  widths: readonly number[],
  volume: number,
): readonly number[] => {
  const order = heights.map((_, at) => at).sort((one, other) => heights[one]! - heights[other]!);
  let width = 0;
  let filled = 0;
  let level = 0;
  for (const [place, at] of order.entries()) {
    width += widths[at]!;
    filled += widths[at]! * heights[at]!;
    level = (volume + filled) / width;
    const next = order[place + 1];
    if (next === undefined || level <= heights[next]!) break;
  }
  return heights.map((height, at) => Math.max(0, level - height) * widths[at]!);
};

type Form = 'basic' | 'aggressive' | 'hybrid';

/**
 * Load interpretation: draws at random with the chances that would level the reported load by the arrivals of all
 * dispatchers. `basic`: of the whole phase; `aggressive`: so far in the phase; `hybrid`: as basic until level, then by
 * weight.
 */
export const loadInterpretation = (form: Form, signal: 'running' | 'sessions'): Rule => ({
  title: `${form} load interpretation, ${signal}`,
  start: ({ count, usable, weights, dice, rate, every }) => {
    const held = new Float64Array(count);
    let phaseBegan = 0;
    let toLevel = 0;
    return {
      learn: (server, row, now) => {
        held[server] = row[signal];
        phaseBegan = now;
      },
      refreshed: () => {
        const tops = Array.from(held, (height, at) => height / weights[at]!);
        const top = Math.max(...tops);
        toLevel = tops.reduce((sum, height, at) => sum + (top - height) * weights[at]!, 0);
      },
      choose: (now) => {
        const servers = usableOf(usable);
        const soFar = rate * (now - phaseBegan);
        const volume = form === 'basic' ? rate * every : form === 'aggressive' ? soFar + 1 : toLevel;
        if (form === 'hybrid' && soFar > toLevel) return drawn(servers, (server) => weights[server]!, dice);
        const poured = pour(
          servers.map((server) => held[server]! / weights[server]!),
          servers.map((server) => weights[server]!),
          Math.max(1, volume),
        );
        return servers[drawn([...servers.keys()], (at) => poured[at]!, dice)]!;
      },
    };
  },
});

/**
 * In the manner of stochastically coordinated dispatching: levels reported load plus own assignments by what all
 * dispatchers together will send, and draws at random by what each takes.
 */
export const coordinated: Rule = {
  title: 'level with own counts, drawn (as SCD)',
  start: ({ count, usable, weights, dice, dispatchers, rate, every }) => {
    const held = new Float64Array(count);
    return {
      learn: (server, row) => {
        held[server] = row.sessions;
      },
      choose: () => {
        const servers = usableOf(usable);
        const poured = pour(
          servers.map((server) => held[server]! / weights[server]!),
          servers.map((server) => weights[server]!),
          Math.max(1, (rate * every) / 4),
        );
        const best = servers[drawn([...servers.keys()], (at) => poured[at]!, dice)]!;
        held[best] = held[best]! + dispatchers;
        return best;
      },
    };
  },
};
