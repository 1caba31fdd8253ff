import type { Secondary } from '../../src/model/secondary.ts';
import type { Host, Target, Visit } from '../../src/model/visit.ts';

/** A secondary as the config would name it. */
export const secondaryOf = (slot: number, weight: number): Secondary => ({
  id: String(slot),
  address: { kind: 'same-host', scheme: 'http', port: 8000 + slot },
  at: `http://127.0.0.1:${8000 + slot}`,
  weight,
  role: 'active',
  state: 'ready',
});

/** A visit of which nothing matters. */
export const VISIT: Visit = {
  method: 'GET',
  scheme: 'http',
  host: 'www.example.org' as Host,
  target: '/' as Target,
  visitor: () => '192.0.2.1',
  cookie: '',
  avoid: [],
  userAgent: '',
  accept: '',
  dest: '',
};
