import { defineUnit } from '../unit.ts';
import { placeOf } from '../wire/place.ts';
import type { Check } from './check.ts';
import { familyOption, overFamilies } from './families.ts';
import { timed } from './seen.ts';

/**
 * Opens a connection and closes it. Passes as soon as the machine accepts it, which it does for a frozen program too:
 * it tells that something listens, not that it works.
 */
export const tcp = defineUnit({
  summary: 'Opens a TCP connection: tells that something listens, not that it works.',
  main: 'port',
  options: (zod) => ({
    port: zod
      .union([zod.literal(true), zod.int().min(1).max(65_535)])
      .default(true)
      .describe('Port to connect to; true: the port of `at`.'),
    family: familyOption(zod),
  }),
  make:
    ({ port: wanted, family: families }): Check =>
    ({ at, timeoutMs }, wire) => {
      const { host, port } = placeOf(at);
      const to = { host, port: wanted === true ? port : wanted, timeoutMs };
      return overFamilies(families, (family) =>
        timed(wire.clock, async () => {
          const answer = await wire.connect({ ...to, family });
          return answer.ok ? { ok: true } : answer;
        }),
      );
    },
});
