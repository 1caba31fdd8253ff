import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../src/clock.ts';
import { createAgenda } from '../../src/monitor/agenda.ts';

describe('agenda', () => {
  it('does things in the order in which they are due, whatever the order in which they came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -50, max: -1 }), { minLength: 1, maxLength: 60 }),
        async (dues) => {
          const clock = systemClock();
          const now = clock.now();
          const done: number[] = [];
          const { promise, resolve } = Promise.withResolvers<undefined>();
          const agenda = createAgenda<{ due: number }>({
            clock,
            atOnce: () => 1,
            perTenth: () => Infinity,
            run: async ({ due }) => {
              done.push(due);
              if (done.length === dues.length) resolve(undefined);
            },
          });
          for (const due of dues) agenda.put({ due }, now + due);
          await promise;
          agenda.stop();
          assert.deepEqual(
            done,
            dues.toSorted((one, other) => one - other),
          );
        },
      ),
    );
  });

  it('waits until a thing is due, and does not do what was dropped or moved away', async () => {
    const clock = systemClock();
    const done: string[] = [];
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const agenda = createAgenda<string>({
      clock,
      atOnce: () => 2,
      perTenth: () => Infinity,
      run: async (what) => {
        done.push(what);
        if (what === 'late') resolve(undefined);
      },
    });
    const now = clock.now();
    agenda.put('dropped', now + 5);
    agenda.put('moved', now + 10);
    agenda.put('moved', now + 60_000);
    agenda.put('late', now + 30);
    agenda.drop('dropped');
    await promise;
    agenda.stop();
    assert.deepEqual(done, ['late']);
    assert.ok(clock.now() >= now + 30);
  });

  it('begins no more than its bound at a time, and goes on when one ends', async () => {
    const clock = systemClock();
    let underWay = 0;
    let most = 0;
    let done = 0;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const agenda = createAgenda<number>({
      clock,
      atOnce: () => 3,
      perTenth: () => Infinity,
      run: async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise(setImmediate);
        underWay -= 1;
        done += 1;
        if (done === 50) resolve(undefined);
      },
    });
    for (let item = 0; item < 50; item += 1) agenda.put(item, clock.now());
    await promise;
    agenda.stop();
    assert.equal(most, 3);
  });

  it('begins no more than its bound within a tenth of a second, however much is due', async () => {
    const clock = systemClock();
    const begun: number[] = [];
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const agenda = createAgenda<number>({
      clock,
      atOnce: () => 100,
      perTenth: () => 10,
      run: async () => {
        begun.push(clock.now());
        if (begun.length === 35) resolve(undefined);
      },
    });
    for (let item = 0; item < 35; item += 1) agenda.put(item, clock.now());
    await promise;
    agenda.stop();
    const tenths = [0, 10, 20, 30].map((from) => begun[from] ?? 0);
    tenths.reduce((before, at) => {
      assert.ok(at - before >= 99, `the next ten come after ${at - before} ms`);
      return at;
    });
  });
});
