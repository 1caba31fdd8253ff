import { balanceRule } from './balance-rule.ts';
import { leastOfFile, leastWithOwn } from './peers/least-of-file.ts';
import { coordinated, loadInterpretation } from './peers/level.ts';
import { liveLeast, liveLoadavg, liveShortestDelay } from './peers/live.ts';
import { prequal } from './peers/prequal.ts';
import { random, weightedRandom } from './peers/random.ts';
import { smoothTurns } from './peers/smooth-turns.ts';
import { twoChoices } from './peers/two-choices.ts';
import type { Rule } from './rule.ts';

/** Every rule that is compared, by a short name. */
export const RULES = {
  bound: liveShortestDelay,
  balance: balanceRule(0),
  'balance+1': balanceRule(1),
  'balance+2': balanceRule(2),
  'balance-nginx': balanceRule(0, 'as nginx'),
  'balance-nginx+1': balanceRule(1, 'as nginx'),
  'balance-apache': balanceRule(0, 'as Apache'),
  'balance-apache+1': balanceRule(1, 'as Apache'),
  turns: smoothTurns,
  random,
  'random-weighted': weightedRandom,
  'least-running': leastOfFile('running'),
  'least-sessions': leastOfFile('sessions'),
  'least-loadavg': leastOfFile('loadavg'),
  'own-sessions': leastWithOwn('sessions'),
  'own-running': leastWithOwn('running'),
  'two-choices': twoChoices('running', 'without own'),
  'two-choices-own': twoChoices('sessions', 'with own'),
  'basic-li': loadInterpretation('basic', 'sessions'),
  'aggressive-li': loadInterpretation('aggressive', 'running'),
  'hybrid-li': loadInterpretation('hybrid', 'sessions'),
  coordinated,
  prequal,
  'live-running': liveLeast,
  'live-loadavg': liveLoadavg,
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
