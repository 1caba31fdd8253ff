import type { Rule } from '../rule.ts';
import { least, usableOf } from './draw.ts';

/** Knows at every visit, for free and at once, what runs where: least (running + 1) / weight. The bound of all others. */
export const liveShortestDelay: Rule = {
  title: 'live shortest expected delay (the bound)',
  start: ({ usable, weights, dice, farm }) => ({
    choose: () => least(usableOf(usable), (server) => (farm.running(server) + 1) / weights[server]!, dice),
  }),
};

/** The article's live page: asks every secondary at every visit and takes the least running per weight. */
export const liveLeast: Rule = {
  title: 'live least running',
  start: ({ usable, weights, dice, farm }) => ({
    choose: () => least(usableOf(usable), (server) => farm.running(server) / weights[server]!, dice),
  }),
};

/** The least 1-minute load average, asked at every visit. */
export const liveLoadavg: Rule = {
  title: 'live least load average',
  start: ({ usable, weights, dice, farm }) => ({
    choose: (now) =>
      least(usableOf(usable), (server) => farm.row(server, now).loadavg / weights[server]!, dice),
  }),
};
