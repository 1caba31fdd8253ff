import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSuccession, type Serving } from '../../../src/doors/threads/succession.ts';
import { nothingKnown } from '../../../src/model/pool.ts';

const nothing = nothingKnown('cached');
const [first, second] = [1, 2].map((seq) => ({ ...nothing, seq })) as [typeof nothing, typeof nothing];

/** A service that is ready when it is told to be, with a log of its own unless one is given. */
const aService = (log?: Serving['accessLog']) => {
  const told: string[] = [];
  const ready: (() => void)[] = [];
  const service = {
    hear: ({ seq }: typeof nothing, then: () => void = () => undefined) => {
      told.push(`heard ${seq}`);
      ready.push(then);
    },
    begin: () => told.push('begins'),
    stop: () => told.push('stopped'),
  };
  const close = () => {
    told.push('closed');
    return Promise.resolve();
  };
  const serving = { service, accessLog: log ?? { close } } as unknown as Serving;
  return { told, serving, isReady: () => ready.shift()?.() };
};

test('until what comes is ready, visits go by what was before, and by what was known then', () => {
  const before = aService();
  const after = aService();
  const succession = createSuccession(before.serving, nothing);
  succession.hear(first);
  succession.follow(after.serving);
  succession.hear(second);
  assert.equal(succession.service(), before.serving.service);
  assert.equal(succession.cached(), first);
  assert.deepEqual(
    [before.told, after.told],
    [
      ['begins', 'heard 1'],
      ['heard 1', 'heard 2'],
    ],
  );
  after.isReady();
  assert.equal(succession.service(), after.serving.service);
  assert.equal(succession.cached(), second);
  assert.deepEqual(
    [before.told, after.told],
    [
      ['begins', 'heard 1', 'stopped', 'closed'],
      ['heard 1', 'heard 2', 'begins'],
    ],
  );
});

test('what was to come gives way to what comes after it', () => {
  const before = aService();
  const given = aService();
  const after = aService(before.serving.accessLog);
  const succession = createSuccession(before.serving, nothing);
  succession.follow(given.serving);
  succession.follow(after.serving);
  assert.deepEqual(given.told, ['heard 0', 'stopped', 'closed']);
  after.isReady();
  assert.equal(succession.service(), after.serving.service);
  assert.deepEqual(before.told, ['begins', 'stopped'], 'its log is still written to');
});

test('stopped, it stops what comes too, and closes both logs', async () => {
  const before = aService();
  const after = aService();
  const succession = createSuccession(before.serving, nothing);
  succession.follow(after.serving);
  await succession.stop();
  assert.deepEqual(
    [before.told, after.told],
    [
      ['begins', 'stopped', 'closed'],
      ['heard 0', 'stopped', 'closed'],
    ],
  );
});
