import type { Registry } from '../unit.ts';
import type { Delivery } from './delivery.ts';
import { page } from './page.ts';
import { redirect } from './redirect.ts';
import { relay } from './relay.ts';

/** The deliveries, by the name they have in the config. */
export const deliveries: Registry<Delivery> = { redirect, page, relay };
