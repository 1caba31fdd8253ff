import { checks } from './checks/index.ts';
import { deliveries } from './deliveries/index.ts';
import { loads } from './loads/index.ts';
import { policies } from './policies/index.ts';

/** Every pluggable unit that a config may name. */
export const registries = { checks, loads, policies, deliveries };
