import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSuccession, type Serving } from '../../../src/doors/public/succession.ts';
import { nothingKnown, type PoolSnapshot } from '../../../src/model/pool.ts';

const known = (seq: number): PoolSnapshot => ({ ...nothingKnown('cached'), seq });

/** A service that is ready for what it heard when it is told to be, with a log of its own unless one is given. */
const aService = (log?: Serving['accessLog']) => {
  const told: string[] = [];
  const ready: (() => void)[] = [];
  const service = {
    hear: ({ seq }: PoolSnapshot, then: () => void = () => undefined) => {
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

/** A succession of these; who is not made yet has been told nothing. */
const inTurn = (...services: readonly ReturnType<typeof aService>[]) => {
  const left = [...services];
  const succession = createSuccession(() => left.shift()?.serving ?? assert.fail('one too many'), known(0));
  return {
    succession,
    told: () => services.map(({ told }) => told.join(', ')),
    answers: () => services.findIndex(({ serving }) => serving.service === succession.service()),
  };
};

test('until what comes is ready, visits go by what was before, and by what was known then', () => {
  const [before, after] = [aService(), aService()];
  const { succession, told, answers } = inTurn(before, after);
  succession.hear(known(1));
  succession.renew();
  succession.hear(known(2));
  assert.equal(answers(), 0);
  assert.equal(succession.cached().seq, 1);
  assert.deepEqual(told(), ['begins, heard 0, heard 1', 'heard 1, heard 2']);
  after.isReady();
  assert.equal(answers(), 1);
  assert.equal(succession.cached().seq, 2, 'what it was made ready for is older');
  assert.deepEqual(told(), ['begins, heard 0, heard 1, stopped, closed', 'heard 1, heard 2, begins']);
});

test('the first one answers at once, and is made ready for what is known before anybody tells more', () => {
  const { told, answers } = inTurn(aService());
  assert.equal(answers(), 0);
  assert.deepEqual(told(), ['begins, heard 0']);
});

test('news still arrives once what came answers', () => {
  const [before, after] = [aService(), aService()];
  const { succession, told } = inTurn(before, after);
  succession.renew();
  after.isReady();
  succession.hear(known(1));
  assert.equal(succession.cached().seq, 1);
  assert.deepEqual(told(), ['begins, heard 0, stopped, closed', 'heard 0, begins, heard 1']);
});

test('what is coming comes, however fast edits follow each other; then the last of them does', () => {
  const [before, given, after] = [aService(), aService(), aService()];
  const { succession, told, answers } = inTurn(before, given, after);
  for (let edit = 1; edit <= 100; edit += 1) {
    succession.renew();
    succession.hear(known(edit));
  }
  given.isReady();
  assert.equal(answers(), 1);
  assert.equal(succession.cached().seq, 100);
  assert.equal(told()[2], 'heard 100', 'of a hundred edits two are made ready');
  succession.hear(known(101));
  assert.equal(succession.cached().seq, 100);
  after.isReady();
  assert.equal(answers(), 2);
  assert.equal(succession.cached().seq, 101);
  assert.match(told()[1] ?? '', /heard 100, begins, stopped, closed$/);
  assert.equal(told()[2], 'heard 100, heard 101, begins', 'and nothing is made anew after it');
});

test('a log is closed once nobody answers who writes to it', () => {
  const before = aService();
  const given = aService(before.serving.accessLog);
  const after = aService();
  const { succession, told } = inTurn(before, given, after);
  succession.renew();
  given.isReady();
  assert.equal(told()[0], 'begins, heard 0, stopped', 'the next one writes to it');
  succession.renew();
  after.isReady();
  assert.equal(told()[0], 'begins, heard 0, stopped, closed');
  assert.equal(told()[2], 'heard 0, begins');
});

test('stopped, it stops what comes too, makes nothing more, and closes both logs', async () => {
  const { succession, told } = inTurn(aService(), aService(), aService());
  succession.renew();
  succession.renew();
  await succession.stop();
  assert.deepEqual(told(), ['begins, heard 0, stopped, closed', 'heard 0, stopped, closed', '']);
});
