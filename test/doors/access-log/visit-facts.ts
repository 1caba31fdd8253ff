import type { AccessFacts } from '../../../src/doors/access-log/access-facts.ts';

/** A visit as the access log is told of it. */
export const visitTo = (url: string, visitor = '203.0.113.9'): AccessFacts => ({
  visitor,
  atMs: 0,
  method: 'GET',
  url,
  version: '1.1',
  status: 302,
  bytes: 0,
  referer: '',
  userAgent: '',
  secondary: 'web1',
  reason: 'random',
});
