import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLoad } from './load.ts';
import { startReporting } from './reporting.ts';
import { until } from './until.ts';
import { startUsher } from './usher.ts';

test('a secondary that completes twice as much in a busy second gets twice as many visitors', async (t) => {
  const speeds = { fast: 400, usual: 200, other: 200 };
  const secondaries = await Promise.all(
    Object.entries(speeds).map(async ([id, speed]) => {
      const { port } = await startReporting(t, (seconds) => {
        const busySeconds = seconds * 0.9;
        return { running: 9, busySeconds, done: Math.floor(busySeconds * speed) };
      });
      return { id, port };
    }),
  );
  const usher = await startUsher({
    config: { secondaries, threads: 2, checks: { every: '100ms', load: { json: '/load.json' } } },
  });
  t.after(usher.stop);
  const load = startLoad({ port: usher.port, visitors: 2 });
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
  await until(async () => (last = await share()) > 0.45 && last < 0.55, 15_000).catch((error: unknown) => {
    throw new Error(`the fast one gets ${last} of all visitors, not about a half`, { cause: error });
  });

  let learned = 0;
  await until(async () => {
    const metrics = await (await fetch(`${usher.adminUrl}/metrics`)).text();
    learned = Number(/usher_capacity_learned_ratio\{secondary="fast"\} (\S+)/.exec(metrics)?.[1]);
    return learned > 1.3 && learned < 2.5;
  }, 15_000).catch((error: unknown) => {
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
