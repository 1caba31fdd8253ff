import { isIPv6 } from 'node:net';
import { parseHost } from '../../src/dispatch/visit/host.ts';
import { parseTarget } from '../../src/dispatch/visit/target.ts';
import type { Host, Target, Visit } from '../../src/model/visit.ts';

/** A target as the door lets it in; a test that means a wrong one fails here. */
export const targetOf = (raw: string): Target => {
  const target = parseTarget(raw);
  if (target === undefined) throw new TypeError(`not a target: ${raw}`);
  return target;
};

/** A host as the door lets it in; a test that means a wrong one fails here. */
export const hostOf = (raw: string): Host => {
  const host = parseHost(raw, isIPv6);
  if (host === undefined) throw new TypeError(`not a host: ${raw}`);
  return host;
};

/** A visit, with what the test does not care about filled in. */
export const visitOf = (given: Partial<Visit> = {}): Visit => ({
  method: 'GET',
  scheme: 'http',
  host: hostOf('www.example.org'),
  target: targetOf('/'),
  visitor: () => '203.0.113.9',
  cookie: '',
  avoid: [],
  userAgent: '',
  accept: '',
  dest: '',
  ...given,
});
