import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Event } from '../../src/journal.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { createTroubleWatch } from '../../src/monitor/own-trouble.ts';

it('trouble of our own is told once, and that it is over only after ten quiet seconds', () => {
  const events: Event[] = [];
  const watch = createTroubleWatch((event) => events.push(event));
  const see = (at: number, outcome: Outcome): void =>
    watch({ secondary: 'web1', check: 'http', at, outcome });
  const spent: Outcome = { ok: false, tookMs: 0, failure: 'exhausted', detail: 'connect EMFILE' };
  const pass: Outcome = { ok: true, tookMs: 1 };
  see(0, pass);
  see(1000, spent);
  see(2000, pass);
  see(9000, spent);
  see(18_000, pass);
  assert.deepEqual(events, [{ type: 'asking-failed', because: 'connect EMFILE' }]);
  see(19_000, pass);
  see(30_000, pass);
  assert.deepEqual(events.slice(1), [{ type: 'asking-recovered' }]);
  see(31_000, spent);
  assert.equal(events.length, 3);
});
