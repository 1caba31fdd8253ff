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
});
