import { OURS } from './goals.ts';
import type { RuleName } from './rules.ts';
import { STUDIES, type StudyName } from './scenarios.ts';
import type { Task } from './task.ts';

/** Where the figure of a rule comes close to its limit it is run on all seeds. */
const CLOSE: ReadonlySet<StudyName> = new Set(['unknown', 'degraded']);
const CLOSEST: readonly RuleName[] = ['balance'];

/** The rule was tuned on seeds 1 to 10, 21, 22 and 51 to 98, and seen on 11 to 18; on these nothing was tuned. */
export const SEEDS: readonly number[] = Array.from({ length: 16 }, (_, nth) => 101 + nth);
/** So many of them are for whatever a figure is asked of, unless it comes close to its limit. */
const SEEDS_OF_OURS = 4;
/** So many of them are for the rules that ours are only set beside. */
const SEEDS_OF_PEERS = 2;

/** What ours are measured by runs on the same seeds. */
const MEASURES: readonly RuleName[] = ['bound', 'turns'];

/** What a whole run runs in these situations. */
export const planWhole = (studies: readonly StudyName[]): readonly Task[] =>
  studies.flatMap((study) =>
    SEEDS.slice(0, CLOSE.has(study) ? SEEDS.length : SEEDS_OF_OURS).map((seed, nth): Task => {
      if (nth < SEEDS_OF_PEERS) return { study, seed };
      const judged = nth < SEEDS_OF_OURS ? OURS : CLOSEST;
      const rules = STUDIES[study].rules.filter((rule) => MEASURES.includes(rule) || judged.includes(rule));
      return { study, seed, rules };
    }),
  );

const first = (count: number): string => `${SEEDS[0]} to ${SEEDS[count - 1]}`;

/** Which seeds the figures of a whole run are means over. */
export const SEEDS_IN_WORDS = `${first(SEEDS_OF_OURS)} for balance with and without probes, for round robin and the bound; ${first(SEEDS.length)} for balance without probes, round robin and the bound in ${[...CLOSE].join(' and ')}, where its figure comes close to its limit; ${first(SEEDS_OF_PEERS)} for all other rules`;
