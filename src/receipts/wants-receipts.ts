import type { Choice } from '../unit.ts';

/** Whether such a way hands out pages that receipts come back for, or reads what they say. */
export const wantsReceipts = ({
  policy,
  delivery,
}: {
  readonly policy: Choice;
  readonly delivery: Choice;
}): boolean =>
  policy.name === 'nearest' || (delivery.name === 'page' && delivery.options['mode'] !== 'assigned');
