import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { SecondarySettings } from '../../src/config/settings.ts';
import type { Event } from '../../src/journal.ts';
import { nothingKnown, type PoolSnapshot } from '../../src/model/pool.ts';
import type { Health } from '../../src/model/verdict.ts';
import { createUsableWatch } from '../../src/monitor/usable.ts';
import { unjudged } from '../../src/verdicts/judge.ts';
import { settingsOf } from './pool-settings.ts';

const snapshotOf = (healthOf: Readonly<Record<string, Health>>): PoolSnapshot => ({
  ...nothingKnown('cached'),
  standings: new Map(
    Object.entries(healthOf).map(([id, health]) => [id, { id, verdict: { ...unjudged(0), health } }]),
  ),
});

const watch = (each: Partial<SecondarySettings> = {}) => {
  const events: Event[] = [];
  const note = createUsableWatch((event) => events.push(event), systemClock());
  const settings = settingsOf({ ids: ['web1', 'web2'], each });
  return { events, settings, note };
};

it('the operator is told once when the last usable secondary goes, and which one is back', () => {
  const { events, settings, note } = watch();
  note(settings, nothingKnown('none'));
  note(settings, snapshotOf({}));
  note(settings, snapshotOf({ web1: 'up', web2: 'down' }));
  assert.deepEqual(events, [], 'unknown is not nobody');
  note(settings, snapshotOf({ web1: 'down', web2: 'down' }));
  note(settings, snapshotOf({ web1: 'down', web2: 'down' }));
  assert.deepEqual(events, [
    { type: 'nobody-left', because: 'web1 is down, no reason is given; web2 is down, no reason is given' },
  ]);
  note(settings, snapshotOf({ web1: 'down', web2: 'up' }));
  assert.deepEqual(events.slice(1), [{ type: 'somebody-back', secondary: 'web2' }]);
});

it('what the operator took out himself counts as gone, and a backup as one who is left', () => {
  const { events, settings, note } = watch({ state: 'drain' });
  note(settings, snapshotOf({ web1: 'up', web2: 'up' }));
  assert.deepEqual(events, [{ type: 'nobody-left', because: 'web1 is draining; web2 is draining' }]);
  const backup = watch({ role: 'backup' });
  backup.note(backup.settings, snapshotOf({ web1: 'up', web2: 'down' }));
  assert.deepEqual(backup.events, []);
});

it('of a long list the first three are named', () => {
  const events: Event[] = [];
  const note = createUsableWatch((event) => events.push(event), systemClock());
  note(settingsOf({ ids: ['a', 'b', 'c', 'd', 'e'], each: { state: 'maintenance' } }), snapshotOf({}));
  assert.deepEqual(events, [
    {
      type: 'nobody-left',
      because: 'a is in maintenance; b is in maintenance; c is in maintenance; and 2 more',
    },
  ]);
});
