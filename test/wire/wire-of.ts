import type { TestContext } from 'node:test';
import type { Clock } from '../../src/model/clock.ts';
import { createWire } from '../../src/wire/create-wire.ts';
import type { Resolve } from '../../src/wire/lookup.ts';
import type { Wire } from '../../src/wire/wire.ts';

/** The machine's time. */
export const realClock: Clock = { now: () => performance.now(), wall: () => Date.now() };

/** A resolver that knows one name, web.test: this machine, over both versions of IP. */
const resolve: Resolve = (name, { family }, done) => {
  const known = [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ].filter((one) => name === 'web.test' && (family === 0 || family === one.family));
  if (known.length > 0) done(null, known);
  else done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
};

/** A real wire for which web.test is this machine; closed when the test ends. */
export const namedWireOf = (t: TestContext): Wire => {
  const wire = createWire({ clock: realClock, resolve });
  t.after(wire.close);
  return wire;
};

/** A real wire that is closed when the test ends. */
export const wireOf = (t: TestContext): Wire => {
  const wire = createWire({ clock: realClock });
  t.after(wire.close);
  return wire;
};
