import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Check } from '../../src/checks/check.ts';
import type { Event } from '../../src/journal.ts';
import type { LoadReader } from '../../src/loads/load-reader.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';
import { startLive } from '../../src/monitor/live.ts';
import { askWith, collect, FAIL, healths, PASS, settingsOf, type Given } from './pool-settings.ts';

/** A deadline that no slow machine reaches: only some of these tests are about it. */
const PATIENT_MS = 60_000;

const start = (t: TestContext, given: Given, check: Check, load?: LoadReader) => {
  const events = collect<Event>();
  const live = startLive({
    ...askWith(check, { journal: events.add, ...(load && { load }) }),
    settings: settingsOf({
      ...given,
      checks: { timeoutMs: PATIENT_MS, ...given.checks },
      each: { timeoutMs: PATIENT_MS, ...given.each },
    }),
  });
  t.after(live.stop);
  return { live, events };
};

/** A check whose questions are answered when the test says so; remembers which are open. */
const byHand = () => {
  const open: { id: string; answer: (outcome: Outcome) => void }[] = [];
  let asked = 0;
  const check: Check = ({ id }) => {
    asked += 1;
    return new Promise((answer) => open.push({ id, answer }));
  };
  return {
    check,
    asked: () => asked,
    /** answers everything that is open */
    answer: (outcome: Outcome = PASS, whom?: string): void => {
      for (const each of open.splice(0)) {
        if (whom === undefined || each.id === whom) each.answer(outcome);
        else open.push(each);
      }
    },
  };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const isPromise = (value: unknown): value is Promise<PoolSnapshot> => value instanceof Promise;

describe('live', { concurrency: true }, () => {
  it('asks nobody before a visitor comes, then everybody', async (t) => {
    const hand = byHand();
    const { live } = start(t, { ids: ['web1', 'web2'] }, hand.check);
    assert.equal(hand.asked(), 0);
    const first = live.pool();
    assert.ok(isPromise(first));
    await settled();
    assert.equal(hand.asked(), 2);
    hand.answer();
    const snapshot = await first;
    assert.equal(healths(snapshot), 'web1 up, web2 up');
    assert.equal(snapshot.source, 'live');
  });

  it('gives what it knows at once as long as no answer is older than freshness', async (t) => {
    let asked = 0;
    const { live } = start(t, { ids: ['web1'], checks: { freshnessMs: 60_000 } }, async () => {
      asked += 1;
      return PASS;
    });
    const first = await live.pool();
    assert.equal(live.pool(), first);
    assert.equal(live.pool(), first);
    assert.equal(asked, 1);
  });

  it('asks anew when what it knows is older', async (t) => {
    let asked = 0;
    const { live } = start(t, { ids: ['web1'], checks: { freshnessMs: 20 } }, async () => {
      asked += 1;
      return PASS;
    });
    await live.pool();
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.ok(isPromise(live.pool()));
    assert.equal(asked, 1);
    await live.pool();
    assert.equal(asked, 2);
  });

  it('gives every visitor a round that began after he came, at freshness 0, and shares it', async (t) => {
    const hand = byHand();
    const { live } = start(t, { ids: ['web1'], checks: { freshnessMs: 0 } }, hand.check);
    const one = live.pool();
    await settled();
    assert.equal(hand.asked(), 1, 'under way');
    const waiting = Array.from({ length: 100 }, async () => live.pool());
    await settled();
    assert.equal(hand.asked(), 1, 'nobody asks beside it');
    hand.answer(FAIL);
    assert.equal(healths(await one), 'web1 down');
    await settled();
    assert.equal(hand.asked(), 2, 'one round for all who came meanwhile');
    hand.answer(PASS);
    const snapshots = await Promise.all(waiting);
    assert.equal(new Set(snapshots).size, 1);
    assert.ok(snapshots[0]);
    assert.equal(healths(snapshots[0]), 'web1 up', 'not the answer that was asked before they came');
    assert.equal(hand.asked(), 2);
  });

  it('lets a visitor join the round under way where its answers are fresh enough for him', async (t) => {
    const hand = byHand();
    const { live } = start(t, { ids: ['web1'], checks: { freshnessMs: 60_000 } }, hand.check);
    const one = live.pool();
    const other = live.pool();
    await settled();
    hand.answer();
    assert.equal(await one, await other);
    assert.equal(hand.asked(), 1);
  });

  it('lets nobody wait longer than the deadline: who has not answered is down', async (t) => {
    const never = byHand();
    const { live, events } = start(
      t,
      { ids: ['web1', 'web2'], checks: { timeoutMs: 60 } },
      (subject, wire) => (subject.id === 'web2' ? never.check(subject, wire) : Promise.resolve(PASS)),
    );
    const snapshot = await live.pool();
    assert.equal(healths(snapshot), 'web1 up, web2 down');
    assert.deepEqual(snapshot.standings.get('web2')?.verdict.evidence?.outcome, {
      ok: false,
      tookMs: 60,
      failure: 'timeout',
      detail: 'no answer within 60 ms',
    });
    const told = events.values.filter(
      (event) => event.type === 'health-changed' && event.secondary === 'web2',
    );
    assert.equal(told.length, 1);
  });

  it('makes only the first visitors wait for one that is frozen, and takes it back when it answers', async (t) => {
    const hand = byHand();
    let asked = 0;
    const { live } = start(t, { ids: ['web1', 'web2'], checks: { timeoutMs: 200 } }, (subject, wire) => {
      if (subject.id === 'web2') return hand.check(subject, wire);
      asked += 1;
      return Promise.resolve(PASS);
    });
    const begun = performance.now();
    await live.pool();
    const firstMs = performance.now() - begun;
    assert.ok(firstMs >= 195);
    for (let visitor = 0; visitor < 20; visitor += 1) {
      const came = live.pool();
      assert.ok(isPromise(came));
      // Without a timer between: whoever waits for the frozen one would still be waiting.
      const quick = await Promise.race([came, settled().then(settled)]);
      assert.ok(quick, 'the visitor waits');
      assert.equal(healths(quick), 'web1 up, web2 down');
    }
    assert.equal(asked, 21, 'each of them had the others asked');
    assert.equal(hand.asked(), 1, 'the question it has not answered is not asked twice');
    hand.answer(PASS);
    await settled();
    const back = live.pool();
    await settled();
    hand.answer(PASS);
    assert.equal(healths(await back), 'web1 up, web2 up');
  });

  it('keeps to the deadline of a visitor who waits for the next round, though others go on waiting', async (t) => {
    const never = new Promise<Outcome>(() => {});
    let asked = 0;
    const { live } = start(t, { ids: ['web1', 'web2', 'web3'], checks: { timeoutMs: 200 } }, ({ id }) => {
      if (id === 'web3') return Promise.resolve(PASS);
      if (id === 'web2') return never;
      asked += 1;
      return asked === 1 ? Promise.resolve(PASS) : never;
    });
    // The first round waits for web2 until 200; the second, from then, for web1 until 400.
    const first = live.pool();
    await new Promise((resolve) => setTimeout(resolve, 40));
    const order: string[] = [];
    const early = Promise.resolve(live.pool()).then((snapshot) => {
      order.push('early');
      return snapshot;
    });
    await first;
    const late = Promise.resolve(live.pool()).then(() => order.push('late'));
    assert.equal(healths(await early), 'web1 down, web2 down, web3 up');
    await late;
    assert.deepEqual(order, ['early', 'late']);
  });

  it('lets a load that cannot be read down nobody, and makes only the first wait for a slow one', async (t) => {
    const readings: (() => void)[] = [];
    const { live } = start(
      t,
      { ids: ['web1'], each: { load: { name: 'test', options: {} } } },
      async () => PASS,
      () =>
        new Promise((resolve) =>
          readings.push(() => resolve({ ok: false, failure: 'timeout', detail: 'no answer within 80 ms' })),
        ),
    );
    const first = live.pool();
    await settled();
    readings.shift()?.();
    assert.equal(healths(await first), 'web1 up');
    const second = await Promise.race([live.pool(), settled().then(settled)]);
    assert.ok(second, 'the second visitor waits for the load');
    assert.equal(healths(second), 'web1 up');
    assert.equal(second.standings.get('web1')?.loadFailure, 'timeout: no answer within 80 ms');
    const third = await Promise.race([live.pool(), settled().then(settled)]);
    assert.ok(third);
    assert.equal(healths(third), 'web1 up', 'its ping is asked while the load is still out');
  });

  it('lets the answer of now count, however often it turned', async (t) => {
    let outcome = PASS;
    const { live } = start(t, { ids: ['web1'], each: { rise: 5, fall: 5 } }, async () => outcome);
    for (let turn = 0; turn < 10; turn += 1) {
      outcome = turn % 2 === 0 ? PASS : FAIL;
      assert.equal(healths(await live.pool()), turn % 2 === 0 ? 'web1 up' : 'web1 down');
    }
  });

  it('keeps what it knows of those who stay when the list changes, and asks those who are new', async (t) => {
    const asked: string[] = [];
    const { live } = start(t, { ids: ['web1'], checks: { freshnessMs: 60_000 } }, async ({ id }) => {
      asked.push(id);
      return PASS;
    });
    const before = await live.pool();
    live.update(
      settingsOf({ ids: ['web1', 'web2'], checks: { freshnessMs: 60_000 }, each: { timeoutMs: PATIENT_MS } }),
    );
    const after = await live.pool();
    assert.deepEqual(asked, ['web1', 'web1', 'web2']);
    assert.equal(after.standings.get('web1')?.verdict.since, before.standings.get('web1')?.verdict.since);
    assert.ok(after.standings.get('web2')?.verdict.warmingSince !== undefined);
  });

  it('asks those who are new though a round of the old list is under way', async (t) => {
    const hand = byHand();
    const { live } = start(t, { ids: ['web1'], checks: { freshnessMs: 60_000 } }, hand.check);
    const first = live.pool();
    await settled();
    const checks = { freshnessMs: 60_000, timeoutMs: PATIENT_MS };
    live.update(settingsOf({ ids: ['web1', 'web2'], checks, each: { timeoutMs: PATIENT_MS } }));
    const meanwhile = live.pool();
    hand.answer();
    await first;
    const later = live.pool();
    await settled();
    hand.answer();
    assert.equal(healths(await meanwhile), 'web1 up, web2 up');
    assert.equal(healths(await later), 'web1 up, web2 up');
  });

  it('asks no more than 1024 at a time', async (t) => {
    let underWay = 0;
    let most = 0;
    const ids = Array.from({ length: 3000 }, (_, index) => `web${index}`);
    const { live } = start(t, { ids, checks: { timeoutMs: 10_000 } }, async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await settled();
      underWay -= 1;
      return PASS;
    });
    const { standings } = await live.pool();
    assert.ok(Array.from(standings.values()).every(({ verdict }) => verdict.health === 'up'));
    assert.ok(most <= 1024 && most > 256, String(most));
  });

  it('lets go of everybody who waits when it is stopped', async (t) => {
    const hand = byHand();
    const { live } = start(t, { ids: ['web1'], checks: { timeoutMs: 60_000 } }, hand.check);
    const first = live.pool();
    const second = live.pool();
    await live.stop();
    await second;
    hand.answer();
    await first;
  });
});
