import { defineUnit } from '../unit.ts';
import { failed } from '../wire/failure.ts';
import { placeOf } from '../wire/place.ts';
import type { Failed, Family, Ran } from '../wire/wire.ts';
import type { Check } from './check.ts';
import { familyOption, overFamilies } from './families.ts';
import { timed } from './seen.ts';
import type { Seen } from './seen.ts';

/** Sends one echo request by the system's own `ping`, which may do so without our being root. */
export const icmp = defineUnit({
  summary: "Pings the machine by the system's ping: tells that it runs, not that its web server does.",
  main: 'address',
  options: (zod) => ({
    address: zod
      .union([
        zod.literal(true),
        zod
          .string()
          .max(253)
          .regex(/^[a-z0-9:][a-z0-9:._-]*$/i, 'not a host'),
      ])
      .default(true)
      .describe('Name or address to ping; true: the host of `at`.'),
    family: familyOption(zod),
  }),
  make:
    ({ address, family: families }): Check =>
    ({ at, timeoutMs }, wire) => {
      const host = address === true ? placeOf(at).host : address;
      return overFamilies(families, (family) =>
        timed(wire.clock, async () => {
          const argv = [
            'ping',
            '-n',
            '-c',
            '1',
            '-W',
            seconds(timeoutMs),
            ...version(family),
            '--',
            host,
          ] as const;
          return heard(await wire.run({ argv: [...argv], env: { LC_ALL: 'C' }, timeoutMs }));
        }),
      );
    },
});

/** ping takes whole seconds everywhere; the wire ends it in time. */
const seconds = (timeoutMs: number): string => String(Math.ceil(timeoutMs / 1000));

const version = (family: Family): string[] => (family === 'any' ? [] : [`-${family}`]);

const heard = (ran: Ran | Failed): Seen => {
  if (!ran.ok) {
    return ran.failure === 'command' ? failed('command', `${ran.detail}: apt install iputils-ping`) : ran;
  }
  if (ran.code === 0) {
    const tookMs = Number(/ time=(\d{1,7}(?:\.\d{1,6})?) ms/.exec(ran.output)?.[1]);
    return Number.isFinite(tookMs) ? { ok: true, tookMs } : { ok: true };
  }
  const said = `${ran.complaint}\n${ran.output}`;
  const telling = said.split('\n').find((line) => /unreachable|^ping: /i.test(line));
  if (/not known|name resolution|not supported/i.test(said))
    return failed('unresolved', telling ?? 'no such host');
  if (/unreachable/i.test(said)) return failed('unreachable', telling ?? 'unreachable');
  if (ran.code === 1) return failed('timeout', 'no echo came back');
  return failed('command', telling ?? `ping ended with ${ran.code}`);
};
