import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { DEFAULT_RELAY } from '../../../src/config/schema/relay-schema.ts';
import { allocateDepartures } from '../../../src/dispatch/boomerang.ts';
import { openBook } from '../../../src/dispatch/ledger/book.ts';
import { allocateRolls, openRolls } from '../../../src/dispatch/ledger/rolls.ts';
import { loadViews } from '../../../src/doors/pages/views.ts';
import { createService } from '../../../src/doors/public/service.ts';
import { nothingKnown } from '../../../src/model/pool.ts';
import { plainSettings } from '../a-door.ts';

test('what is carried goes by new settings once these answer, and not before', () => {
  const settings = plainSettings({ relay: DEFAULT_RELAY });
  const { slots, ledger } = openBook(settings.secondaries, { threads: 1, now: 0 });
  const none = nothingKnown('none');
  const carriedBy: unknown[] = [];
  const service = createService({
    config: { settings, slots, secrets: [Buffer.alloc(32, 7)] },
    pools: { none: () => none, cached: () => none, live: () => none },
    ledger,
    rolls: openRolls(allocateRolls()),
    departures: allocateDepartures(),
    views: loadViews(),
    accessLog: undefined,
    relay: {
      open: () => assert.fail(),
      update: (carried) => carriedBy.push(carried?.secondaries),
      stop: () => undefined,
    },
    complained: () => undefined,
    clock: systemClock(),
    dice: () => 0.5,
    journal: () => undefined,
  });
  assert.deepEqual(carriedBy, []);
  service.begin();
  assert.deepEqual(carriedBy, [settings.secondaries]);
  service.stop();
});
