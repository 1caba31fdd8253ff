import type { TestContext } from 'node:test';
import type { Clock } from '../../src/model/clock.ts';
import { createWire } from '../../src/wire/create-wire.ts';
import type { Wire } from '../../src/wire/wire.ts';

/** The machine's time. */
export const realClock: Clock = { now: () => performance.now(), wall: () => Date.now() };

/** A real wire that is closed when the test ends. */
export const wireOf = (t: TestContext): Wire => {
  const wire = createWire({ clock: realClock });
  t.after(wire.close);
  return wire;
};
