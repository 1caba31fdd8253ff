import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import type { Check } from '../../src/checks/check.ts';
import { http } from '../../src/checks/http.ts';
import { checks } from '../../src/checks/index.ts';
import { systemClock } from '../../src/clock.ts';
import type { Event } from '../../src/journal.ts';
import type { LoadReader } from '../../src/loads/load-reader.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';
import { startMonitor } from '../../src/monitor/monitor.ts';
import { becauseOf } from '../../src/verdicts/because.ts';
import { unjudged } from '../../src/verdicts/judge.ts';
import { createWire } from '../../src/wire/create-wire.ts';
import { startWebServer } from '../real/web-server.ts';
import { askWith, collect, FAIL, healths, PASS, settingsOf, type Given } from './pool-settings.ts';

/** Starts a monitor, and collects what it publishes and tells. */
const start = (t: TestContext, given: Given, check: Check, load?: LoadReader) => {
  const published = collect<PoolSnapshot>();
  const events = collect<Event>();
  const monitor = startMonitor({
    ...askWith(check, { journal: events.add, ...(load && { load }) }),
    settings: settingsOf(given),
    source: 'memory',
    publish: published.add,
  });
  t.after(monitor.stop);
  return { monitor, published, events };
};

/** A check that says of each secondary what the table says now. */
const byTable =
  (table: Record<string, Outcome>): Check =>
  async ({ id }) =>
    table[id] ?? FAIL;

describe('monitor', { concurrency: true }, () => {
  it('asks everybody at once, and publishes the first round as a whole', async (t) => {
    const { published, monitor } = start(t, { ids: ['web1', 'web2'] }, async ({ id }) => {
      if (id === 'web2') await new Promise((resolve) => setTimeout(resolve, 30));
      return PASS;
    });
    assert.equal(healths(monitor.snapshot()), 'web1 unknown, web2 unknown');
    const first = await published.first(() => true);
    assert.equal(healths(first), 'web1 up, web2 up');
    assert.equal(first.source, 'memory');
  });

  it('does not keep the first news back for one that does not answer', async (t) => {
    const never = Promise.withResolvers<Outcome>().promise;
    const { published } = start(t, { ids: ['web1', 'web2'], checks: { everyMs: 60_000 } }, ({ id }) =>
      id === 'web2' ? never : Promise.resolve(PASS),
    );
    assert.equal(healths(await published.first(() => true)), 'web1 up, web2 unknown');
  });

  it('publishes a turn at once, with its evidence, and tells why', async (t) => {
    const table: Record<string, Outcome> = { web1: PASS, web2: PASS, web3: PASS };
    const { published, events } = start(t, { ids: Object.keys(table), each: { fall: 2 } }, byTable(table));
    await published.first(() => true);
    table['web2'] = FAIL;
    const turned = await published.first(({ standings }) => standings.get('web2')?.verdict.health === 'down');
    assert.equal(turned.standings.get('web2')?.verdict.fails, 2);
    assert.deepEqual(turned.standings.get('web2')?.verdict.evidence?.outcome, FAIL);
    const told = events.values.filter((event) => event.type === 'health-changed' && event.to === 'down');
    assert.deepEqual(told, [
      {
        type: 'health-changed',
        secondary: 'web2',
        from: 'up',
        to: 'down',
        because: 'refused: connect ECONNREFUSED (2 in a row)',
      },
    ]);
  });

  it('publishes each round once and as a whole while nothing turns', async (t) => {
    const { published } = start(
      t,
      { ids: ['web1', 'web2', 'web3'], checks: { everyMs: 500 } },
      async () => PASS,
    );
    const fourth = await published.first(({ seq }) => seq >= 4);
    const passes = Array.from(fourth.standings.values(), ({ verdict }) => verdict.passes);
    assert.equal(new Set(passes).size, 1, 'the news of all has one age');
    assert.ok(published.values.length <= (passes[0] ?? 0) + 1, 'no more than one a round');
  });

  it('gives up a check that forgets its time', async (t) => {
    const { events } = start(t, { ids: ['web1'], each: { timeoutMs: 10 } }, () => new Promise(() => {}));
    const told = await events.first(({ type }) => type === 'health-changed');
    assert.ok(told.type === 'health-changed' && told.because.startsWith('timeout: no answer within 510 ms'));
  });

  it('survives a check that throws: the secondary is down, and the journal has a bug', async (t) => {
    const { events, published } = start(t, { ids: ['web1', 'web2'] }, ({ id }) => {
      if (id === 'web1') throw new Error('oh no');
      return Promise.resolve(PASS);
    });
    await published.first((snapshot) => healths(snapshot) === 'web1 down, web2 up');
    assert.ok(events.values.some(({ type }) => type === 'bug'));
    const later = await published.first(({ standings }) => (standings.get('web1')?.verdict.fails ?? 0) > 2);
    assert.equal(later.standings.get('web2')?.verdict.health, 'up');
  });

  it('takes the answer time of the ping for the load where there is no load reader', async (t) => {
    const { published } = start(t, { ids: ['web1'] }, async () => ({ ok: true, tookMs: 7 }));
    const { standings } = await published.first(() => true);
    assert.equal(standings.get('web1')?.load?.answerMs, 7);
  });

  it('keeps a secondary up whose load cannot be read, and says so once', async (t) => {
    let isReadable = true;
    const { published, events } = start(
      t,
      { ids: ['web1'], each: { load: { name: 'test', options: {} } } },
      async () => PASS,
      async (_, { clock }) =>
        isReadable
          ? { ok: true, report: { at: clock.now(), running: 3 } }
          : { ok: false, failure: 'garbage', detail: 'no number' },
    );
    await published.first(({ standings }) => standings.get('web1')?.load?.running === 3);
    isReadable = false;
    const lost = await published.first(({ standings }) => standings.get('web1')?.loadFailure !== undefined);
    assert.equal(lost.standings.get('web1')?.loadFailure, 'garbage: no number');
    assert.equal(lost.standings.get('web1')?.load?.running, 3, 'the older report stays');
    await published.first(({ seq }) => seq > lost.seq + 2);
    isReadable = true;
    const found = await published.first(
      ({ seq, standings }) => seq > lost.seq && standings.get('web1')?.loadFailure === undefined,
    );
    assert.equal(found.standings.get('web1')?.verdict.health, 'up');
    assert.deepEqual(
      events.values.filter(({ type }) => type.startsWith('load-')),
      [
        { type: 'load-lost', secondary: 'web1', because: 'garbage: no number' },
        { type: 'load-found', secondary: 'web1' },
      ],
    );
  });

  it('lets no slow load reader hold up a verdict', async (t) => {
    const { published } = start(
      t,
      { ids: ['web1'], checks: { everyMs: 60_000 }, each: { load: { name: 'test', options: {} } } },
      async () => FAIL,
      () => new Promise(() => {}),
    );
    assert.equal(healths(await published.first(() => true)), 'web1 down');
  });

  it('lets no slow load reader hold up the next ping, and does not ask the load twice at once', async (t) => {
    let loads = 0;
    const pings = collect<number>();
    start(
      t,
      { ids: ['web1'], each: { load: { name: 'test', options: {} }, timeoutMs: 60_000 } },
      async () => {
        pings.add(pings.values.length);
        return PASS;
      },
      () => {
        loads += 1;
        return new Promise(() => {});
      },
    );
    await pings.first((nth) => nth === 3);
    assert.equal(loads, 1);
  });

  it('publishes at once what a secondary asks for itself', async (t) => {
    let wish: 'ready' | 'drain' = 'ready';
    const { published } = start(
      t,
      { ids: ['web1', 'web2'], each: { load: { name: 'test', options: {} } } },
      async () => PASS,
      async (_, { clock }) => ({ ok: true, report: { at: clock.now(), wish } }),
    );
    await published.first(() => true);
    wish = 'drain';
    await published.first(({ standings }) => standings.get('web2')?.load?.wish === 'drain');
  });

  it('asks no more than 64 at a time, however many there are', async (t) => {
    let underWay = 0;
    let most = 0;
    const full = Promise.withResolvers<undefined>();
    const ids = Array.from({ length: 500 }, (_, index) => `web${index}`);
    const { published } = start(t, { ids, checks: { everyMs: 60_000 } }, async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      // A while after there are 64: who is not held back comes then.
      if (underWay === 64) setTimeout(full.resolve, 50, undefined);
      await full.promise;
      underWay -= 1;
      return PASS;
    });
    const { standings } = await published.first((snapshot) => !healths(snapshot).includes('unknown'));
    assert.equal(standings.size, 500);
    assert.equal(most, 64);
  });

  it('keeps the verdicts of those who stay when the list changes', async (t) => {
    const asked: string[] = [];
    const { monitor, published } = start(
      t,
      { ids: ['web1', 'web2', 'web3'], checks: { everyMs: 60_000 } },
      async ({ id, at }) => {
        asked.push(`${id} ${at}`);
        return PASS;
      },
    );
    await published.first(() => true);
    const before = monitor.snapshot();
    const next = settingsOf({ ids: ['web2', 'web1', 'new'], checks: { everyMs: 60_000 } });
    const [web2, web1, added] = next.secondaries;
    assert.ok(web1 && web2 && added);
    monitor.update({
      ...next,
      secondaries: [
        { ...web2, at: 'http://127.0.0.1:1' },
        { ...web1, at: 'http://127.0.0.1:8000', weight: 5, state: 'drain', fall: 7 },
        added,
      ],
    });
    const after = await published.first(({ standings }) => standings.has('new'));
    assert.deepEqual([...after.standings.keys()], ['web2', 'web1', 'new'], 'in the order of the list');
    assert.deepEqual(after.standings.get('web1'), before.standings.get('web1'));
    const complete = await published.first(({ standings }) => standings.get('new')?.verdict.health === 'up');
    assert.ok(complete.standings.get('new')?.verdict.warmingSince !== undefined, 'a new one warms up');
    assert.ok(complete.standings.get('web2')?.verdict.warmingSince !== undefined, 'so does one that moved');
    assert.equal(complete.standings.get('web1')?.verdict.warmingSince, undefined);
    assert.equal(asked.filter((each) => each.startsWith('web1')).length, 1, 'is not asked out of turn');
    assert.ok(asked.includes('web2 http://127.0.0.1:1'));
  });

  it('goes on asking in turn while the list is edited all the time', async (t) => {
    const { monitor, published } = start(t, { ids: ['web1', 'web2'] }, async () => PASS);
    const timer = setInterval(() => monitor.update(settingsOf({ ids: ['web1', 'web2'] })), 20);
    t.after(() => clearInterval(timer));
    const begun = await published.first(() => true);
    const { at } = await published.first(({ standings }) => (standings.get('web1')?.verdict.passes ?? 0) > 5);
    assert.ok(at - begun.at > 250, 'no more often than every interval');
  });

  it('forgets what is under way when it is stopped', async (t) => {
    const answer = Promise.withResolvers<Outcome>();
    const { monitor, published, events } = start(t, { ids: ['web1'] }, () => answer.promise);
    await monitor.stop();
    answer.resolve(FAIL);
    await new Promise(setImmediate);
    assert.equal(published.values.length, 0);
    assert.equal(events.values.length, 0);
  });

  describe('between its turns', () => {
    it('asks a secondary soon that refuses, and counts each answer', async (t) => {
      const table: Record<string, Outcome> = { web1: PASS, web2: PASS, web3: PASS };
      const asked: { id: string; at: number }[] = [];
      const { published } = start(
        t,
        { ids: Object.keys(table), checks: { everyMs: 2000 }, each: { fall: 3 } },
        async ({ id }, { clock }) => {
          asked.push({ id, at: clock.now() });
          return table[id] ?? FAIL;
        },
      );
      await published.first(() => true);
      table['web2'] = FAIL;
      const down = await published.first(({ standings }) => standings.get('web2')?.verdict.health === 'down');
      assert.equal(down.standings.get('web2')?.verdict.fails, 3);
      const [first = 0, second = 0, third = 0, ...more] = asked
        .filter(({ id }) => id === 'web2')
        .slice(1)
        .map(({ at }) => at);
      assert.deepEqual(more, []);
      assert.ok(second - first >= 249 && third - second >= 249, 'it is left alone for a moment');
      assert.ok(third - first < 2000, 'sooner than its next turn');
      assert.equal(asked.filter(({ id }) => id === 'web1').length, 2, 'the others are asked in their turn');
    });

    it('gives a secondary that is only late its turns', async (t) => {
      const late: Outcome = { ok: false, tookMs: 1, failure: 'timeout', detail: 'no answer' };
      const asked: number[] = [];
      const { published } = start(
        t,
        { ids: ['web1'], checks: { everyMs: 1000 }, each: { fall: 3 } },
        async (_, { clock }) => {
          asked.push(clock.now());
          return asked.length > 1 ? late : PASS;
        },
      );
      await published.first((snapshot) => healths(snapshot) === 'web1 down');
      const [, first = 0, , third = 0] = asked;
      assert.ok(third - first >= 1900, `two turns, not ${third - first} ms`);
    });

    it('looks for anybody who serves within seconds while nobody is up, however rare the turns', async (t) => {
      const late: Outcome = { ok: false, tookMs: 1, failure: 'timeout', detail: 'no answer' };
      const table: Record<string, Outcome> = { web1: late, web2: late };
      const given = { ids: Object.keys(table), checks: { everyMs: 600_000 }, each: { rise: 1, fall: 1 } };
      const { published, monitor } = start(t, given, byTable(table));
      await published.first((snapshot) => healths(snapshot) === 'web1 down, web2 down');
      table['web1'] = PASS;
      await published.first((snapshot) => healths(snapshot) === 'web1 up, web2 down');
      table['web2'] = PASS;
      monitor.update(settingsOf({ ...given, ids: ['web2'] }));
      await published.first((snapshot) => healths(snapshot) === 'web2 up');
    });

    it('looks for another one as soon as the last who serves goes down', async (t) => {
      const asked: Record<string, number[]> = { web1: [], web2: [] };
      const { promise: again, resolve } = Promise.withResolvers<undefined>();
      const { published } = start(
        t,
        { ids: Object.keys(asked), checks: { everyMs: 5000 }, each: { rise: 1, fall: 1 } },
        async ({ id }, { clock }) => {
          const times = asked[id]?.push(clock.now()) ?? 0;
          if (id === 'web2') {
            if (times === 2) resolve(undefined);
            return times > 2 ? PASS : FAIL;
          }
          // The other one is judged by then, and has no turn for seconds.
          if (times > 1) await again.then(() => new Promise(setImmediate));
          return times > 1 ? FAIL : PASS;
        },
      );
      await published.first((snapshot) => healths(snapshot) === 'web1 down, web2 up');
      const [, second = 0, third = 0] = asked['web2'] ?? [];
      assert.ok(third - second < 4500, `sooner than its next turn, not after ${third - second} ms`);
    });

    it('takes one back soon while nobody is up, and in its turns while somebody is', async (t) => {
      const table: Record<string, Outcome> = { web1: FAIL, web2: FAIL };
      const { published } = start(
        t,
        { ids: Object.keys(table), checks: { everyMs: 1500 }, each: { rise: 2 } },
        async ({ id }, { clock }) => {
          asked.push({ id, at: clock.now() });
          return table[id] ?? FAIL;
        },
      );
      const asked: { id: string; at: number }[] = [];
      const gapBefore = (id: string): number => {
        const [last = 0, other = 0] = asked
          .filter((each) => each.id === id)
          .map(({ at }) => at)
          .reverse();
        return last - other;
      };
      await published.first((snapshot) => healths(snapshot) === 'web1 down, web2 down');
      table['web1'] = PASS;
      await published.first((snapshot) => healths(snapshot) === 'web1 up, web2 down');
      assert.ok(gapBefore('web1') < 1000, `${gapBefore('web1')} ms between the two passes`);
      table['web2'] = PASS;
      await published.first((snapshot) => healths(snapshot) === 'web1 up, web2 up');
      assert.ok(gapBefore('web2') > 1000, `${gapBefore('web2')} ms between the two passes`);
    });
  });

  it('believes nothing of what it could not ask, and tells it once', async (t) => {
    const spent: Outcome = { ok: false, tookMs: 0, failure: 'exhausted', detail: 'connect EMFILE' };
    const seen = collect<Outcome>();
    let outcome = PASS;
    const { published, monitor, events } = start(
      t,
      { ids: ['web1', 'web2'], each: { fall: 1 } },
      async () => {
        seen.add(outcome);
        return outcome;
      },
    );
    await published.first(() => true);
    outcome = spent;
    const told = await events.first(({ type }) => type === 'asking-failed');
    assert.deepEqual(told, { type: 'asking-failed', because: 'connect EMFILE' });
    await seen.first(() => seen.values.filter((each) => each === spent).length > 8);
    assert.equal(healths(monitor.snapshot()), 'web1 up, web2 up');
    assert.equal(monitor.snapshot().standings.get('web1')?.verdict.evidence?.outcome.ok, true);
    assert.equal(events.values.filter(({ type }) => type === 'asking-failed').length, 1);
  });

  describe('when all turn down at once', () => {
    const ids = ['web1', 'web2', 'web3', 'web4'];
    const settings: Given = { ids, checks: { everyMs: 300 } };
    const downs = (snapshot: PoolSnapshot): number =>
      Array.from(snapshot.standings.values()).filter(({ verdict }) => verdict.health === 'down').length;

    it('holds the last verdicts for one round and says so, and hides a real outage no longer', async (t) => {
      const table: Record<string, Outcome> = Object.fromEntries(ids.map((id) => [id, PASS]));
      let firstFailureAt = 0;
      const { published, events } = start(t, settings, async ({ id }, { clock }) => {
        const outcome = table[id] ?? FAIL;
        if (!outcome.ok && firstFailureAt === 0) firstFailureAt = clock.now();
        return outcome;
      });
      await published.first(() => true);
      for (const id of ids) table[id] = FAIL;
      const held = await events.first(({ type }) => type === 'held');
      assert.ok(held.type === 'held' && held.because.startsWith('3 of 4 turned down at once'));
      const all = await published.first((snapshot) => downs(snapshot) === 4);
      const hiddenMs = all.at - firstFailureAt;
      assert.ok(hiddenMs >= 290, `held for a round, not ${hiddenMs} ms`);
      const between = published.values.filter((snapshot) => downs(snapshot) > 0 && downs(snapshot) < 4);
      assert.ok(between.every((snapshot) => downs(snapshot) <= 2));
      assert.equal(events.values.filter(({ type }) => type === 'held').length, 1);
    });

    it('asks again at once, and keeps those up that answer', async (t) => {
      const table: Record<string, Outcome> = Object.fromEntries(ids.map((id) => [id, PASS]));
      const { published, events } = start(t, { ids, checks: { everyMs: 2000 } }, byTable(table));
      const begun = await published.first(() => true);
      for (const id of ids) table[id] = FAIL;
      await events.first(({ type }) => type === 'held');
      for (const id of ids) table[id] = PASS;
      await published.first((snapshot) => snapshot.seq > begun.seq && downs(snapshot) === 0);
      const neverDown = ids.filter(
        (id) =>
          !events.values.some(
            (event) => event.type === 'health-changed' && event.to === 'down' && event.secondary === id,
          ),
      );
      assert.equal(neverDown.length, 2, 'the two that were held');
    });
  });

  it('asks real servers by the real check', async (t) => {
    const good = await startWebServer((_, response) => response.end('fine'));
    t.after(good.stop);
    const bad = await startWebServer((_, response) => {
      response.writeHead(500).end();
    });
    t.after(bad.stop);
    const wire = createWire({ clock: systemClock() });
    t.after(wire.close);
    const [one, two, three] = settingsOf({ ids: ['good', 'bad', 'gone'] }).secondaries;
    assert.ok(one && two && three);
    const gone = await startWebServer(() => {});
    await gone.stop();
    const ping = { name: 'http', options: z.object(http.options(z)).parse({}) };
    const published = collect<PoolSnapshot>();
    const monitor = startMonitor({
      ...askWith(async () => FAIL),
      checks,
      wire,
      settings: {
        ...settingsOf({ ids: [] }),
        secondaries: [
          { ...one, at: good.origin, ping },
          { ...two, at: bad.origin, ping },
          { ...three, at: gone.origin, ping },
        ],
      },
      source: 'own',
      publish: published.add,
    });
    t.after(monitor.stop);
    const snapshot = await published.first((each) => !healths(each).includes('unknown'));
    assert.equal(healths(snapshot), 'good up, bad down, gone down');
    assert.equal(snapshot.source, 'own');
    const told = snapshot.standings;
    assert.match(becauseOf(told.get('bad')?.verdict ?? unjudged(0)), /^status: .*500/);
    assert.match(becauseOf(told.get('gone')?.verdict ?? unjudged(0)), /^refused: /);
  });
});
