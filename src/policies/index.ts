import type { Policy } from '../model/policy.ts';
import type { Registry } from '../unit.ts';
import { balance } from './balance.ts';
import { first } from './first.ts';
import { hash } from './hash.ts';
import { leastConnections } from './least-connections.ts';
import { nearest } from './nearest.ts';
import { random } from './random.ts';
import { roundRobin } from './round-robin.ts';
import { twoChoices } from './two-choices.ts';

/** Every way to choose one of those who may serve, by its name in the config. */
export const policies: Registry<Policy> = {
  random,
  'round-robin': roundRobin,
  first,
  'least-connections': leastConnections,
  'two-choices': twoChoices,
  balance,
  hash,
  nearest,
};
