import assert from 'node:assert/strict';
import { it } from 'node:test';
import { onceForAll } from '../../../src/doors/access-log/access-log-news.ts';
import type { Event } from '../../../src/journal.ts';

const file = '/var/log/access.log';
const failed: Event = { type: 'access-log-failed', file, because: 'ENOSPC' };
const recovered = (lost: number): Event => ({ type: 'access-log-recovered', file, lost });

it('of threads that write one log the operator hears once that it fails, and once that all write again', () => {
  const told: Event[] = [];
  const journal = onceForAll((event) => told.push(event));
  for (const event of [failed, failed, failed, recovered(2), recovered(0), recovered(40)]) journal(event);
  assert.deepEqual(told, [failed, recovered(42)]);
  journal(failed);
  assert.equal(told.length, 3, 'another time is told again');
});

it('a thread that is gone keeps nobody from being told', () => {
  const told: Event[] = [];
  const journal = onceForAll((event) => told.push(event));
  const ended: Event = { type: 'thread-ended', thread: 1, because: 'it ended', againInMs: 100 };
  for (const event of [failed, failed, ended, failed]) journal(event);
  assert.deepEqual(told, [failed, ended, failed]);
});
