import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Event } from '../../src/journal.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import { nothingKnown, type PoolSnapshot } from '../../src/model/pool.ts';
import type { State } from '../../src/model/secondary.ts';
import type { Health } from '../../src/model/verdict.ts';
import { createWishWatch } from '../../src/monitor/own-wishes.ts';
import { unjudged } from '../../src/verdicts/judge.ts';
import { settingsOf } from './pool-settings.ts';

type Wish = NonNullable<LoadReport['wish']>;

const snapshotOf = (wish: Wish | 'leaving' | undefined, health: Health = 'up'): PoolSnapshot => {
  const leaving = wish === 'leaving' ? { leaving: true as const } : {};
  const load = wish === undefined || wish === 'leaving' ? {} : { load: { at: 0, wish } };
  return {
    ...nothingKnown('cached'),
    standings: new Map([['web1', { id: 'web1', verdict: { ...unjudged(0), health, ...leaving }, ...load }]]),
  };
};

const watch = () => {
  const events: Event[] = [];
  const note = createWishWatch((event) => events.push(event));
  return {
    note: (snapshot: PoolSnapshot, state: State = 'ready') => {
      note(settingsOf({ ids: ['web1'], each: { state } }).secondaries, snapshot);
      return events.splice(0);
    },
  };
};

const changed = (from: State, to: State, because: string): Event => ({
  ...{ type: 'state-changed', secondary: 'web1' },
  ...{ from, to, because },
});

it('that a secondary is leaving is told once when it begins and once when it ends', () => {
  const { note } = watch();
  assert.deepEqual(note(snapshotOf(undefined)), []);
  assert.deepEqual(note(snapshotOf('leaving')), [changed('ready', 'drain', 'it says that it is leaving')]);
  assert.deepEqual(note(snapshotOf('leaving')), []);
  assert.deepEqual(note(nothingKnown('cached')), [], 'no news is no change');
  assert.deepEqual(note(snapshotOf('maintenance')), [
    changed('drain', 'maintenance', 'it asks for it itself'),
  ]);
  assert.deepEqual(note(snapshotOf(undefined)), [changed('maintenance', 'ready', 'it asks for it no more')]);
});

it('what an edit of the list changes is not told as its own wish', () => {
  const { note } = watch();
  note(snapshotOf('leaving'));
  assert.deepEqual(note(snapshotOf('leaving'), 'drain'), []);
  assert.deepEqual(note(snapshotOf('leaving'), 'maintenance'), []);
  assert.deepEqual(note(snapshotOf(undefined), 'maintenance'), []);
  assert.deepEqual(
    note(snapshotOf('leaving'), 'ready'),
    [changed('ready', 'drain', 'it says that it is leaving')],
    'ready again by the list, it is leaving still',
  );
});

it('one that says itself that it is down turns down, unless the checks tell that already', () => {
  const { note } = watch();
  const turned = (from: Health, to: Health, because: string): Event => ({
    ...{ type: 'health-changed', secondary: 'web1' },
    ...{ from, to, because },
  });
  assert.deepEqual(note(snapshotOf('down')), [turned('up', 'down', 'it asks for it itself')]);
  assert.deepEqual(note(snapshotOf(undefined)), [turned('down', 'up', 'it asks for it no more')]);
  assert.deepEqual(note(snapshotOf('down', 'down')), []);
});
