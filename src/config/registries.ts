import { checks } from '../checks/index.ts';
import { deliveries } from '../deliveries/index.ts';
import { loads } from '../loads/index.ts';
import { policies } from '../policies/index.ts';

/** The units that a config may name. */
export const registries = { checks, loads, policies, deliveries };
