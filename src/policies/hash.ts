import { cookieValues } from '../model/cookie-values.ts';
import { pathOf } from '../model/path-of.ts';
import type { Policy } from '../model/policy.ts';
import { ahead } from '../model/slices.ts';
import type { Visit } from '../model/visit.ts';
import { defineUnit } from '../unit.ts';
import { fingerprint } from './fingerprint.ts';
import { createRendezvous } from './rendezvous.ts';
import { subnetOf } from './subnet.ts';

const subnet = ({ visitor }: Visit): string => subnetOf(visitor());

/** What a visit is known by. */
const keyed = (by: 'subnet' | 'cookie' | 'path', cookie: string): ((visit: Visit) => string) => {
  if (by === 'path') return ({ target }) => pathOf(target);
  if (by === 'subnet') return subnet;
  return (visit) => cookieValues(visit.cookie, cookie)[0] ?? subnet(visit);
};

/** Sends those who share a subnet, a cookie or a path to the same secondary, without remembering anything. */
export const hash = defineUnit({
  summary:
    'Sends visitors of the same subnet, or with the same cookie, or for the same path, to the same secondary.',
  options: (zod) => ({
    by: zod
      .enum(['subnet', 'cookie', 'path'])
      .default('subnet')
      .describe(
        'What counts: subnet (/24 of an IPv4, /56 of an IPv6 address), cookie (the one named by "cookie", else the subnet) or path (without the query).',
      ),
    cookie: zod
      .string()
      .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/)
      .default('PHPSESSID')
      .describe('Name of the cookie that counts where by is cookie: one that the site itself sets.'),
  }),
  main: 'by',
  make: ({ by, cookie }): Policy => {
    const keyOf = keyed(by, cookie);
    const rendezvous = createRendezvous();
    return (candidates) => {
      const met = ahead(() => rendezvous(candidates));
      return {
        pick: ({ visit, print = fingerprint }) => met.get().meet(print(keyOf(visit))),
        score: (candidate, { visit, print = fingerprint }) =>
          met.get().distance(candidate, print(keyOf(visit))),
        renewal: { everyMs: Infinity, begin: met.begin },
      };
    };
  },
});
