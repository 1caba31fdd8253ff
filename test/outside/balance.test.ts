import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLoad, type Load } from './load.ts';
import { startReporting } from './reporting.ts';
import { until } from './until.ts';
import { startUsher } from './usher.ts';

test('a secondary that completes twice as much in a busy second gets twice as many visitors', async (t) => {
  // Each visitor asks for ten pages where he was sent; the usual one is busy for three quarters of the time by a third.
  const visitors: { load?: Load } = {};
  const secondaries = await Promise.all(
    Object.entries({ fast: 2, usual: 1, other: 1 }).map(async ([id, speed]) => {
      const work = { done: 0, busySeconds: 0, at: 0 };
      const { port } = await startReporting(t, (seconds) => {
        const mostBusy = 0.95 * (seconds - work.at);
        const visits = visitors.load?.visits() ?? 0;
        const asked = 10 * (visitors.load?.sentTo(port) ?? 0) - work.done;
        const aThird = (10 * visits) / 3 / Math.max(seconds, 1);
        const busySeconds = Math.min(mostBusy, (asked / Math.max(aThird, 1)) * (0.75 / speed));
        work.busySeconds += busySeconds;
        work.done += asked;
        work.at = seconds;
        return { running: 3, busySeconds: work.busySeconds, done: work.done };
      });
      return { id, port };
    }),
  );
  const usher = await startUsher({
    config: { secondaries, threads: 2, checks: { every: '100ms', load: { json: '/load.json' } } },
  });
  t.after(usher.stop);
  const load = startLoad({ port: usher.port, visitors: 2 });
  visitors.load = load;
  t.after(load.stop);
  const sent = () => secondaries.map(({ port }) => load.sentTo(port));

  const share = async (): Promise<number> => {
    const before = sent();
    await until(
      () => sent().reduce((sum, one) => sum + one, 0) > before.reduce((sum, one) => sum + one, 300),
    );
    const each = sent().map((one, at) => one - (before[at] ?? 0));
    return (each[0] ?? 0) / each.reduce((sum, one) => sum + one, 0);
  };
  let last = 0;
  await until(async () => (last = await share()) > 0.45 && last < 0.55, 60_000).catch((error: unknown) => {
    throw new Error(`the fast one gets ${last} of all visitors, not about a half`, { cause: error });
  });

  let learned = 0;
  await until(async () => {
    const metrics = await (await fetch(`${usher.adminUrl}/metrics`)).text();
    learned = Number(/usher_capacity_learned_ratio\{secondary="fast"\} (\S+)/.exec(metrics)?.[1]);
    return learned > 1.3 && learned < 2.5;
  }, 60_000).catch((error: unknown) => {
    throw new Error(`an operator is told ${learned}`, { cause: error });
  });
});

test('a secondary that dies is out after its first visitors, long before the worker looks again', async (t) => {
  const secondaries = await Promise.all(
    ['web1', 'web2', 'web3', 'web4'].map(async (id) => ({ id, ...(await startReporting(t, () => ({}))) })),
  );
  const usher = await startUsher({
    config: {
      secondaries: secondaries.map(({ id, port }) => ({ id, port })),
      checks: { every: '30s' },
    },
  });
  t.after(usher.stop);
  const load = startLoad({ port: usher.port, visitors: 1, pauseMs: 50 });
  t.after(load.stop);
  const [dead] = secondaries;
  await until(() => load.sentTo(dead?.port ?? 0) > 2);
  await dead?.close();
  const out = await usher.event('health-changed', { fits: ({ to }) => to === 'down', withinMs: 5_000 });
  assert.equal(out.secondary, 'web1');
  assert.match(out.because, /^refused/);
  const seen = load.visits();
  await until(() => load.visits() > seen + 2);
  const sent = load.sentTo(dead?.port ?? 0);
  await until(() => load.visits() > seen + 40);
  assert.equal(load.sentTo(dead?.port ?? 0), sent, 'nobody is sent there any more');
});
