import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { ChecksSettings, SecondarySettings } from '../../src/config/settings.ts';
import type { Event } from '../../src/journal.ts';
import type { Dice } from '../../src/model/clock.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';
import { REST_MS, startFreshener } from '../../src/monitor/freshener.ts';
import type { LoadNews } from '../../src/model/probe.ts';
import { seededDice } from '../../src/replay/seeded-dice.ts';
import { collect, FAIL, PASS, settingsOf } from './pool-settings.ts';

const clock = systemClock();
const idsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `web${at + 1}`);

/** A freshener with secondaries that answer as told; `came` lets visitors come. */
const start = (
  t: TestContext,
  given: {
    readonly count: number;
    readonly checks?: Partial<ChecksSettings>;
    readonly each?: Partial<SecondarySettings>;
    readonly outcomeOf?: (id: string) => Outcome;
    /** what an answer waits for */
    readonly until?: () => Promise<unknown>;
    /** what the means to ask wait for */
    readonly means?: () => Promise<unknown>;
    readonly load?: () => Promise<LoadNews>;
    readonly dice?: Dice;
  },
) => {
  const { outcomeOf = () => PASS } = given;
  const settings = settingsOf({
    ids: idsOf(given.count),
    checks: { freshen: 1, everyMs: 40_000, ...given.checks },
    each: { rise: 2, fall: 3, ...given.each },
  });
  const asked = collect<string>();
  const askedAt: number[] = [];
  const published = collect<PoolSnapshot>();
  const events = collect<Event>();
  const state = { visits: 0 };
  const freshener = startFreshener({
    settings,
    clock,
    dice: given.dice ?? seededDice(1),
    journal: events.add,
    visits: () => state.visits,
    probeOf: async ({ id }: SecondarySettings) => {
      await given.means?.();
      return {
        ping: async () => {
          asked.add(id);
          askedAt.push(clock.now());
          const outcome = outcomeOf(id);
          await given.until?.();
          return { secondary: id, check: 'test', at: clock.now(), outcome };
        },
        load:
          given.load ??
          (() => Promise.resolve({ kind: 'report', report: { at: clock.now(), running: 7 } } as const)),
      };
    },
    publish: published.add,
  });
  t.after(freshener.stop);
  /** as a worker's file tells it: everybody up, asked so long ago */
  const tell = (agoMs: number, upOf: (id: string) => boolean = () => true): void => {
    const at = clock.now() - agoMs;
    freshener.hear({
      ...{ seq: 1, at, source: 'cached' },
      standings: new Map(
        settings.secondaries.map(({ id }) => {
          const outcome = upOf(id) ? PASS : FAIL;
          const evidence = { secondary: id, check: 'test', at, outcome };
          const health = upOf(id) ? 'up' : 'down';
          return [
            id,
            { id, verdict: { health, since: 0, passes: 1, fails: 0, flaps: 0, evidence }, load: { at } },
          ];
        }),
      ),
    });
  };
  const healthOf = (id: string) => published.values.at(-1)?.standings.get(id)?.verdict.health;
  return { asked, askedAt, published, events, state, freshener, tell, healthOf, settings };
};

/** This machine had no means to ask. */
const EXHAUSTED: Outcome = { ok: false, tookMs: 0, failure: 'exhausted', detail: 'no port' };

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets a visitor come every 20 ms until the test ends. */
const keepComing = (t: TestContext, state: { visits: number }, each = 1): void => {
  const timer = setInterval(() => (state.visits += each), 20);
  t.after(() => clearInterval(timer));
};

describe('freshening', () => {
  it('asks nobody before the first visitor, and somebody after him', async (t) => {
    const { asked, state, tell, published } = start(t, { count: 2 });
    tell(10_000);
    await wait(150);
    assert.deepEqual(asked.values, []);
    state.visits += 1;
    const id = await asked.first(() => true);
    const news = await published.first(({ standings }) => standings.get(id)?.load?.running === 7);
    assert.equal(news.source, 'cached');
    assert.ok(news.seq > 1);
  });

  it('asks nobody where it is turned off', async (t) => {
    const { asked, state, tell } = start(t, { count: 2, checks: { freshen: 0 } });
    tell(10_000);
    keepComing(t, state);
    await wait(200);
    assert.deepEqual(asked.values, []);
  });

  it('asks whom visitors complain of where it is turned off too, however many complained before', async (t) => {
    const { asked, tell, freshener, settings } = start(t, { count: 40, checks: { freshen: 0 } });
    tell(10_000);
    const ids = settings.secondaries.map(({ id }) => id);
    for (const id of ids) freshener.askNow(id);
    await asked.first((id) => id === 'web16');
    assert.ok(asked.values.length < ids.length);
    const again = setInterval(() => {
      freshener.askNow('web40');
    }, 20);
    t.after(() => {
      clearInterval(again);
    });
    await asked.first((id) => id === 'web40');
  });

  const outFor = async ({ events }: ReturnType<typeof start>, id: string): Promise<void> => {
    await events.first(
      (event) => event.type === 'health-changed' && event.secondary === id && event.to === 'down',
    );
  };

  it('asks anew of whom a visitor complains while it is being asked, and not before it answered', async (t) => {
    const answer = Promise.withResolvers<undefined>();
    const stage = start(t, {
      count: 3,
      checks: { freshen: 0 },
      outcomeOf: () => (stage.asked.values.length > 1 ? FAIL : PASS),
      until: () => answer.promise,
    });
    const { asked, tell, freshener } = stage;
    tell(10_000);
    freshener.askNow('web2');
    await asked.first(() => true);
    freshener.askNow('web2');
    await wait(2 * REST_MS);
    assert.deepEqual(asked.values, ['web2']);
    answer.resolve(undefined);
    await outFor(stage, 'web2');
    assert.deepEqual(asked.values, ['web2', 'web2']);
  });

  it('asks anew of whom a visitor complains when it was asked just now, as soon as it may be', async (t) => {
    const stage = start(t, {
      count: 3,
      checks: { freshen: 0 },
      outcomeOf: () => (stage.asked.values.length > 1 ? FAIL : PASS),
    });
    const { askedAt, tell, freshener } = stage;
    tell(10_000);
    freshener.askNow('web2');
    await stage.published.first(({ standings }) => standings.get('web2')?.load?.running === 7);
    freshener.askNow('web2');
    await outFor(stage, 'web2');
    const [first = 0, second = 0] = askedAt;
    assert.equal(askedAt.length, 2);
    assert.ok(second - first >= REST_MS, String(second - first));
  });

  it('asks of whom a visitor complains until it answers: through a reload, and without means to ask', async (t) => {
    const answer = Promise.withResolvers<undefined>();
    const means = [() => Promise.reject(new Error('too many open files'))];
    const stage = start(t, {
      count: 3,
      checks: { freshen: 0 },
      outcomeOf: () => FAIL,
      means: () => means.pop()?.() ?? Promise.resolve(),
      until: () => answer.promise,
    });
    const { asked, tell, freshener, settings } = stage;
    tell(10_000);
    freshener.askNow('web2');
    await asked.first(() => true);
    const secondaries = settings.secondaries.map((each) => ({ ...each, weight: 2 }));
    freshener.update({ checks: settings.checks, secondaries });
    answer.resolve(undefined);
    await outFor(stage, 'web2');
    assert.deepEqual(asked.values, ['web2', 'web2']);
  });

  it('asks of whom a visitor complains until an answer says something of it', async (t) => {
    const stage = start(t, {
      count: 3,
      checks: { freshen: 0 },
      outcomeOf: () => (stage.asked.values.length > 1 ? FAIL : EXHAUSTED),
    });
    stage.tell(10_000);
    stage.freshener.askNow('web2');
    await outFor(stage, 'web2');
    assert.deepEqual(stage.asked.values, ['web2', 'web2']);
  });

  it('asks no more than sixteen at a time, whoever wants it', async (t) => {
    const answers: (() => void)[] = [];
    const given = {
      count: 60,
      checks: { freshen: 4 },
      until: () => new Promise<void>((resolve) => answers.push(resolve)),
    };
    const complained = start(t, given);
    complained.tell(10_000);
    for (const { id } of complained.settings.secondaries) complained.freshener.askNow(id);
    const visited = start(t, given);
    visited.tell(10_000);
    keepComing(t, visited.state, 1000);
    await wait(3 * REST_MS);
    for (const { asked } of [complained, visited]) assert.equal(asked.values.length, 16);
    answers.splice(0).forEach((resolve) => resolve());
    for (const { asked } of [complained, visited]) await asked.first(() => asked.values.length > 16);
  });

  it('takes a question that freshening asks for the one that a complaint waits for', async (t) => {
    const { asked, state, tell, freshener } = start(t, { count: 1 });
    tell(10_000);
    freshener.askNow('web1');
    freshener.askNow('web1');
    const coming = setInterval(() => (state.visits += 1), 5);
    await asked.first(() => asked.values.length === 2);
    clearInterval(coming);
    await wait(2 * REST_MS);
    assert.equal(asked.values.length, 2);
  });

  it('starts no program more often than the worker does, however many complain', async (t) => {
    const each = { ping: { name: 'exec', options: {} } };
    const { asked, tell, freshener } = start(t, { count: 2, checks: { everyMs: 60_000 }, each });
    tell(70_000);
    for (let complaint = 0; complaint < 3; complaint += 1) {
      freshener.askNow('web1');
      await wait(REST_MS);
    }
    assert.deepEqual(asked.values, ['web1']);
  });

  it('asks nobody once it is stopped, whoever complains, and hears nobody', async (t) => {
    const answer = Promise.withResolvers<undefined>();
    const { asked, tell, freshener, events } = start(t, {
      count: 2,
      checks: { freshen: 0 },
      outcomeOf: () => FAIL,
      until: () => answer.promise,
    });
    tell(10_000);
    freshener.askNow('web1');
    await asked.first(() => true);
    freshener.askNow('web1');
    freshener.stop();
    answer.resolve(undefined);
    freshener.askNow('web2');
    await wait(2 * REST_MS);
    assert.deepEqual([asked.values, events.values], [['web1'], []]);
  });

  it('asks nobody before others told of anybody', async (t) => {
    const { asked, tell, freshener } = start(t, { count: 2, checks: { freshen: 0 } });
    freshener.askNow('web1');
    await wait(2 * REST_MS);
    assert.deepEqual(asked.values, []);
    tell(10_000);
    await asked.first((id) => id === 'web1');
  });

  it('asks nobody who was complained of once he is not to be asked any more', async (t) => {
    const { asked, tell, freshener, settings } = start(t, { count: 4, checks: { freshen: 0 } });
    tell(10_000);
    for (const id of ['web1', 'web2', 'web3', 'web4']) freshener.askNow(id);
    for (const id of ['web1', 'web2', 'web3', 'web4', 'nobody']) freshener.askNow(id);
    freshener.update({
      checks: settings.checks,
      secondaries: settings.secondaries
        .filter(({ id }) => id !== 'web1')
        .map((each) => (each.id === 'web2' ? { ...each, state: 'maintenance' } : each)),
    });
    tell(10_000, (id) => id !== 'web3');
    await asked.first(() => asked.values.length === 5);
    await wait(2 * REST_MS);
    assert.deepEqual(asked.values, ['web1', 'web2', 'web3', 'web4', 'web4']);
  });

  it('asks a secondary at most four times a second and all together at most about fifty, however many come', async (t) => {
    const few = start(t, { count: 2, checks: { freshen: 4 } });
    const many = start(t, { count: 500, checks: { freshen: 4 } });
    for (const { tell, state } of [few, many]) {
      tell(10_000);
      keepComing(t, state, 1000);
    }
    await wait(1500);
    const perSecondary = few.asked.values.filter((id) => id === 'web1').length;
    assert.ok(perSecondary >= 2 && perSecondary <= 7, String(perSecondary));
    const all = many.asked.values.length;
    assert.ok(all > 40 && all <= 16 + 50 * 1.8, String(all));
  });

  it('starts no program more often than the worker does', async (t) => {
    const each = { ping: { name: 'exec', options: {} } };
    const { asked, state, tell } = start(t, { count: 2, checks: { everyMs: 60_000 }, each });
    tell(70_000);
    keepComing(t, state);
    await asked.first(() => asked.values.length >= 2);
    await wait(600);
    assert.deepEqual([...asked.values].sort(), ['web1', 'web2']);
  });

  it('takes one that refuses out at once and tells it once, though the worker says up; and lets it back', async (t) => {
    let isThere = false;
    const { events, healthOf, state, tell, freshener, published } = start(t, {
      count: 4,
      checks: { slowReturnMs: 60_000 },
      outcomeOf: (id) => (id === 'web3' && !isThere ? FAIL : PASS),
    });
    tell(10_000);
    keepComing(t, state);
    const out = await events.first((event) => event.type === 'health-changed');
    assert.deepEqual(
      [out.type === 'health-changed' && [out.secondary, out.from, out.to]],
      [['web3', 'up', 'down']],
    );
    assert.equal(healthOf('web3'), 'down');
    tell(5000);
    assert.equal(healthOf('web3'), 'down', 'older news does not raise it');
    freshener.journal({
      type: 'health-changed',
      secondary: 'web3',
      from: 'up',
      to: 'down',
      because: 'refused',
    });
    assert.equal(events.values.length, 1, 'the worker, who sees it later, is not heard again');

    isThere = true;
    const back = await published.first(
      ({ standings }) => standings.get('web3')?.verdict.warmingSince !== undefined,
    );
    assert.equal(back.standings.get('web3')?.verdict.health, 'up');
  });

  it('does not take out more than half of the pool: it may be this machine that is cut off', async (t) => {
    const { state, tell, healthOf, asked } = start(t, { count: 4, outcomeOf: () => FAIL });
    tell(10_000);
    keepComing(t, state);
    for (const id of idsOf(4)) await asked.first((one) => one === id);
    await wait(400);
    const down = idsOf(4).filter((id) => healthOf(id) === 'down');
    assert.equal(down.length, 2);
  });

  it('tells of a bug, and goes on asking', async (t) => {
    const { state, tell, asked, events } = start(t, {
      count: 2,
      load: () => Promise.reject(new Error('oh')),
    });
    tell(10_000);
    keepComing(t, state);
    const bug = await events.first(({ type }) => type === 'bug');
    assert.ok(bug.type === 'bug' && bug.error === 'Error: oh' && /^freshening of web[12]$/.test(bug.where));
    await asked.first(() => asked.values.length >= 3);
  });

  it('forgets what was said to a question that an edit took out, and keeps the rest', async (t) => {
    const load = { name: 'json', options: {} };
    const { asked, state, tell, freshener, published, events, healthOf, settings } = start(t, {
      count: 4,
      each: { load },
      outcomeOf: (id) => (id === 'web3' ? FAIL : PASS),
    });
    const runningOf = (id: string) => published.values.at(-1)?.standings.get(id)?.load?.running;
    const edit = (change: (secondary: SecondarySettings) => SecondarySettings): void => {
      freshener.update({
        checks: { ...settings.checks, freshen: 0 },
        secondaries: settings.secondaries.map(change),
      });
      tell(10_000);
    };
    tell(10_000);
    keepComing(t, state);
    await events.first((event) => event.type === 'health-changed');
    for (const id of ['web1', 'web2']) await asked.first((one) => one === id);
    await published.first(() => runningOf('web1') === 7 && runningOf('web2') === 7);

    edit((secondary) => ({ ...secondary, weight: 2 }));
    assert.deepEqual([runningOf('web1'), runningOf('web2'), healthOf('web3')], [7, 7, 'down']);
    edit((secondary) => {
      const { load: _, ...rest } = secondary;
      return secondary.id === 'web1' ? rest : secondary;
    });
    assert.deepEqual([runningOf('web1'), runningOf('web2'), healthOf('web3')], [undefined, 7, 'down']);
  });

  it('forgets a refusal when an edit asks in another way whether it is there', async (t) => {
    const { state, tell, freshener, events, healthOf, settings } = start(t, {
      count: 4,
      outcomeOf: (id) => (id === 'web3' ? FAIL : PASS),
    });
    tell(10_000);
    keepComing(t, state);
    await events.first((event) => event.type === 'health-changed');
    freshener.update({
      checks: { ...settings.checks, freshen: 0 },
      secondaries: settings.secondaries.map((each) => ({ ...each, ping: { name: 'tcp', options: {} } })),
    });
    tell(5000);
    assert.equal(healthOf('web3'), 'up');
  });

  it('asks none that the worker found down', async (t) => {
    const { state, tell, asked } = start(t, { count: 3 });
    tell(10_000, (id) => id !== 'web2');
    keepComing(t, state);
    await asked.first((id) => id === 'web1');
    await asked.first((id) => id === 'web3');
    await wait(300);
    assert.ok(!asked.values.includes('web2'));
  });

  it('asks the one of two that was not heard for longer', async (t) => {
    // Each time the first draw is web8, who was heard just now; the second is web1, web2, web3, web4, web5 in turn.
    const casts = [0, 1, 2, 3, 4].flatMap((place) => [0.75, (place + 2.5) / 9]);
    let cast = 0;
    const dice = (): number => casts[cast++ % casts.length] ?? 0;
    const { state, asked, freshener, settings } = start(t, { count: 10, dice });
    const at = clock.now();
    freshener.hear({
      ...{ seq: 2, at, source: 'cached' },
      standings: new Map(
        settings.secondaries.map(({ id }, place) => [
          id,
          {
            id,
            verdict: { health: 'up', since: 0, passes: 1, fails: 0, flaps: 0 },
            load: { at: at - (place < 5 ? 60_000 : 2000), running: 1 },
          },
        ]),
      ),
    });
    keepComing(t, state);
    await asked.first(() => asked.values.length >= 5);
    assert.deepEqual(asked.values.slice(0, 5), idsOf(5));
  });
});
