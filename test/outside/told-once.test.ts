import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/journal.ts';
import { startSecondary } from './secondary.ts';
import { startUsher } from './usher.ts';

test('the operator is told once who turned, however many ask, and when the last one goes', async (t) => {
  const [one, other] = [await startSecondary('one'), await startSecondary('other')];
  const usher = await startUsher({
    config: {
      checks: { every: '300ms', fall: 2, rise: 1, freshness: '0s' },
      secondaries: [
        { id: 'one', port: one.port },
        { id: 'other', port: other.port },
      ],
    },
  });
  t.after(usher.stop);
  const turn = (id: string, to: string) =>
    usher.event('health-changed', { fits: (event) => event.secondary === id && event.to === to });
  /** An entrance that asks for every visitor, beside the files that the worker writes. */
  const visitLive = async (): Promise<number> =>
    (await fetch(`${usher.url}/failover1.shtml`, { redirect: 'manual' })).status;

  await Promise.all([turn('one', 'up'), turn('other', 'up')]);
  assert.equal(await visitLive(), 200);
  await one.down();
  assert.equal(await visitLive(), 200);
  await turn('one', 'down');
  await other.down();
  assert.equal(await visitLive(), 503);
  const nobody = await usher.event('nobody-left');
  assert.match(nobody.because, /^one is down, refused: .*; other is down, refused: .*$/);
  await other.up();
  const back = await usher.event('somebody-back');
  assert.equal(back.secondary, 'other');
  assert.equal(await visitLive(), 200);

  const told = usher.events.filter(
    (event): event is Extract<Event, { type: 'health-changed' }> & { at: string } =>
      event.type === 'health-changed',
  );
  assert.deepEqual(told.map(({ secondary, to }) => `${secondary} ${to}`).toSorted(), [
    'one down',
    'one up',
    'other down',
    'other up',
    'other up',
  ]);
  assert.equal(usher.events.filter(({ type }) => type === 'nobody-left').length, 1);
});
