import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry, Event } from '../../src/journal.ts';
import { startNotices } from '../../src/notices/notices.ts';

test('where the means of telling cannot be had, that is journaled and the events are told once they can', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let nowMs = 0;
  let tell: ((entry: Entry) => void) | undefined;
  let tries = 0;
  const told: Entry['type'][] = [];
  const journaled: Event[] = [];
  const notices = startNotices({
    notify: [{ to: { kind: 'exec', argv: ['/bin/told'] }, events: ['secondary-added'], timeoutMs: 1000 }],
    onEntry: (listener) => {
      tell = listener;
      return () => undefined;
    },
    carry: async (_, { entries }) => {
      tries += 1;
      if (tries === 1) throw new Error('EMFILE');
      told.push(...entries.map(({ type }) => type));
      return undefined;
    },
    clock: { now: () => nowMs },
    journal: (event) => journaled.push(event),
  });
  tell?.({ at: '2026-01-01T00:00:00.000Z', type: 'secondary-added', secondary: 'web1' });
  for (; nowMs < 5000; nowMs += 500) {
    t.mock.timers.tick(500);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(told, ['secondary-added']);
  assert.deepEqual(journaled, [
    { type: 'notices-failed', to: '/bin/told', because: 'Error: EMFILE' },
    { type: 'notices-sent', to: '/bin/told', lost: 0 },
  ]);
  await notices.stop();
});

test('of how many events somebody was not told when it ends is journaled', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let tell: ((entry: Entry) => void) | undefined;
  const journaled: Event[] = [];
  const begun = Promise.withResolvers<undefined>();
  const to = { kind: 'exec', argv: ['/bin/hangs'] } as const;
  const notices = startNotices({
    notify: [{ to, events: ['secondary-added'], timeoutMs: 60_000 }],
    onEntry: (listener) => {
      tell = listener;
      return () => undefined;
    },
    carry: () => {
      begun.resolve(undefined);
      return new Promise(() => undefined);
    },
    clock: { now: () => 0 },
    journal: (event) => journaled.push(event),
  });
  const add = (secondary: string): void =>
    tell?.({ at: '2026-01-01T00:00:00.000Z', type: 'secondary-added', secondary });
  add('web1');
  t.mock.timers.tick(0);
  await begun.promise;
  add('web2');
  const stopped = notices.stop();
  t.mock.timers.tick(2000);
  await stopped;
  assert.deepEqual(journaled, [{ type: 'notices-lost', to: '/bin/hangs', lost: 2 }]);
});
