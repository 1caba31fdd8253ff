import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { Event } from '../../src/journal.ts';
import type { Probe } from '../../src/model/probe.ts';
import { forkWorker, keepWorker } from '../../src/worker/child.ts';
import { createFarProbe } from '../../src/worker/far-probe.ts';
import { createQuestions } from '../../src/worker/questions.ts';
import { collect, PASS, settingsOf } from '../monitor/pool-settings.ts';
import { makeFolder } from '../stores/folder-for.ts';
import { pingfileOf } from './pool-files.ts';

const clock = systemClock();
const [web1, down1] = settingsOf({ ids: ['web1', 'down1'] }).secondaries;
assert.ok(web1 && down1);

/** The means of this process itself; says how often they were wanted. */
const ownMeans = () => {
  const wanted = { times: 0 };
  const probe: Probe = {
    ping: () => Promise.resolve({ secondary: 'web1', check: 'own', at: clock.now(), outcome: PASS }),
    load: () => Promise.resolve({ kind: 'none' }),
  };
  const own = (): Promise<Probe> => {
    wanted.times += 1;
    return Promise.resolve(probe);
  };
  return { own, wanted };
};

const startWorker = async (t: TestContext) => {
  const files = makeFolder();
  const events = collect<Event>();
  const worker = keepWorker({
    settings: settingsOf({ ids: ['web1', 'down1'], stateFolder: files }),
    spawn: () => forkWorker(new URL('child-entry.ts', import.meta.url)),
    journal: events.add,
    clock,
  });
  t.after(worker.stop);
  const started = await events.first(({ type }) => type === 'worker-started');
  assert.ok(started.type === 'worker-started');
  await pingfileOf(files);
  return { worker, events, pid: started.pid };
};

test('a secondary is asked through the worker, and what it says is as old as this clock says', async (t) => {
  const { worker } = await startWorker(t);
  const { own, wanted } = ownMeans();
  const askedAt = clock.now();
  const ask = async (secondary: typeof web1) => {
    const probe = createFarProbe(secondary, { ask: worker.ask, own, clock });
    const pinged = probe.ping();
    const loaded = probe.load(pinged);
    return { seen: await pinged, news: await loaded };
  };
  const { seen, news } = await ask(web1);
  assert.deepEqual(seen.outcome, PASS);
  assert.ok(news.kind === 'report');
  assert.equal(news.report.answerMs, 1);
  for (const { at } of [seen, news.report]) assert.ok(at >= askedAt && at <= clock.now());

  const { seen: failed, news: none } = await ask(down1);
  assert.ok(!failed.outcome.ok);
  assert.equal(failed.outcome.failure, 'refused');
  assert.deepEqual(none, { kind: 'none' });
  assert.equal(wanted.times, 0);
});

test('a worker that ends under a question, or is only just started, says nothing of the secondary', async (t) => {
  const { worker, events, pid } = await startWorker(t);
  const { own, wanted } = ownMeans();
  const probe = createFarProbe(web1, { ask: worker.ask, own, clock });
  process.kill(pid, 'SIGSTOP');
  const open = probe.ping();
  process.kill(pid, 'SIGKILL');
  await events.first(({ type }) => type === 'worker-ended');
  for (const { outcome } of [await open, await probe.ping()]) {
    assert.ok(!outcome.ok);
    assert.equal(outcome.failure, 'exhausted');
  }
  assert.equal(wanted.times, 0);
});

test('a worker that stays away or silent is not waited for: this process asks itself until it is back', async () => {
  const at = { now: 0 };
  const sent: number[] = [];
  const questions = createQuestions({
    clock: { now: () => at.now, wall: () => 0 },
    send: (message) => {
      if (message.type === 'probe') sent.push(message.number);
    },
  });
  const asked = { id: 'web1', timeoutMs: -1490 };
  const { own, wanted } = ownMeans();
  const probe = createFarProbe(web1, { ask: () => questions.ask(asked), own, clock });
  at.now = 3001;
  assert.equal((await probe.ping()).check, 'own');
  assert.equal(wanted.times, 1);

  questions.begin();
  assert.deepEqual(await questions.ask(asked)?.ping, undefined);
  assert.equal((await probe.ping()).check, 'own');
  assert.equal(wanted.times, 2);

  // What it says too late shows that it lives.
  questions.hear({ type: 'probed', number: 1, news: { kind: 'none' } });
  const again = questions.ask(asked);
  questions.hear({ type: 'probed', number: sent.at(-1) ?? 0, news: { kind: 'none' } });
  assert.deepEqual(await again?.load, { kind: 'none' });
});
