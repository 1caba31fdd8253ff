import type { Rule } from '../rule.ts';
import { drawn, usableOf } from './draw.ts';

/** A random secondary, each with the same chance. */
export const random: Rule = {
  title: 'random',
  start: ({ usable, dice }) => ({
    choose: () => drawn(usableOf(usable), () => 1, dice),
  }),
};

/** A random secondary, with chances as the weights. */
export const weightedRandom: Rule = {
  title: 'random by weight',
  start: ({ usable, weights, dice }) => ({
    choose: () => drawn(usableOf(usable), (server) => weights[server]!, dice),
  }),
};
