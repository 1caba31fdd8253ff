import { defineUnit } from '../unit.ts';
import { busy } from './busy.ts';
import type { Delivery } from './delivery.ts';

/** Delivers by carrying; as a reply of its own it has only what is told while the budget is used up. */
export const relay = defineUnit({
  summary:
    'Carries the visit itself, HTTP and WebSocket, instead of sending the visitor on, within the budget that "relay" sets.',
  options: () => ({}),
  make: (): Delivery => busy,
});
