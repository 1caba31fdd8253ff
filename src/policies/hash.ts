import type { Policy } from '../model/policy.ts';
import type { Visit } from '../model/visit.ts';
import { defineUnit } from '../unit.ts';
import { fingerprint } from './fingerprint.ts';
import { rendezvous } from './rendezvous.ts';
import { subnetOf } from './subnet.ts';

const subnet = ({ visitor }: Visit): string => subnetOf(visitor);

/** What a visit is known by. */
const KEYS = {
  subnet,
  cookie: (visit: Visit): string =>
    visit.cookie === undefined || visit.cookie === '' ? subnet(visit) : visit.cookie,
  path: ({ target }: Visit): string => {
    const query = target.indexOf('?');
    return query < 0 ? target : target.slice(0, query);
  },
} as const;

/** Sends those who share a subnet, a cookie or a path to the same secondary, without remembering anything. */
export const hash = defineUnit({
  summary:
    'Sends visitors of the same subnet, or with the same cookie, or for the same path, to the same secondary.',
  options: (zod) => ({
    by: zod
      .enum(['subnet', 'cookie', 'path'])
      .default('subnet')
      .describe(
        'What counts: subnet (/24 of an IPv4, /56 of an IPv6 address), cookie (the affinity cookie, else the subnet) or path (without the query).',
      ),
  }),
  main: 'by',
  make: ({ by }): Policy => {
    const keyOf = KEYS[by];
    return (candidates) => {
      const { meet, distance } = rendezvous(candidates);
      return {
        pick: ({ visit }) => meet(fingerprint(keyOf(visit))),
        score: (candidate, { visit }) => distance(candidate, fingerprint(keyOf(visit))),
      };
    };
  },
});
