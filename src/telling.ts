import { hostname } from 'node:os';
import { eventWords } from './dashboard/words.ts';
import type { Clock } from './model/clock.ts';
import { createCarrier } from './notices/carrier.ts';
import type { Carrier } from './notices/notices.ts';
import { version } from './version.ts';
import { createWire } from './wire/create-wire.ts';

/** The means of telling others of events. The primary loads this module only when there is something to tell. */
export const createTelling = ({
  clock,
}: {
  readonly clock: Clock;
}): { readonly carry: Carrier; readonly close: () => Promise<void> } => {
  const wire = createWire({ clock });
  const carry = createCarrier({ wire, words: (entry) => eventWords(entry).words, version, host: hostname() });
  return { carry, close: wire.close };
};
