import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Outcome } from '../../src/model/outcome.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';
import { startMonitor } from '../../src/monitor/monitor.ts';
import { askWith, collect, FAIL, PASS, settingsOf } from './pool-settings.ts';

it('a monitor carries 10,000 secondaries', async (t) => {
  let asked = 0;
  const ids = Array.from({ length: 10_000 }, (_, index) => `web${index}`);
  const table: Record<string, Outcome> = {};
  const published = collect<PoolSnapshot>();
  const monitor = startMonitor({
    ...askWith(async ({ id }) => {
      asked += 1;
      await new Promise(setImmediate);
      return table[id] ?? PASS;
    }),
    settings: settingsOf({ ids, checks: { everyMs: 2000 } }),
    source: 'memory',
    publish: published.add,
  });
  t.after(monitor.stop);
  await monitor.refresh();
  assert.ok(asked >= 10_000);
  const askedBefore = asked;
  const publishedBefore = published.values.length;
  const before = process.cpuUsage();
  const begun = monitor.snapshot();
  for (const id of ids.slice(0, 4000)) table[id] = FAIL;
  await published.first(
    ({ standings }) =>
      Array.from(standings.values()).filter(({ verdict }) => verdict.health === 'down').length === 4000,
  );
  const { user, system } = process.cpuUsage(before);
  const tookMs = monitor.snapshot().at - begun.at;
  const publications = published.values.length - publishedBefore;
  assert.ok(publications <= tookMs / 50 + 2, `${publications} copies in ${tookMs} ms`);
  t.diagnostic(
    `10,000 secondaries, ${asked - askedBefore} asked and 4,000 turned in ${tookMs.toFixed(0)} ms: ${((user + system) / 1000).toFixed(0)} ms of CPU, ${publications} snapshots`,
  );
});
