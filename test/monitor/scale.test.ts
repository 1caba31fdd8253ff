import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../src/model/outcome.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';
import { startMonitor } from '../../src/monitor/monitor.ts';
import { askWith, collect, FAIL, PASS, settingsOf } from './pool-settings.ts';

const COUNT = 10_000;
const EVERY_MS = 2000;
const IN_TURN_PER_SECOND = (COUNT * 1000) / EVERY_MS;

/** Twice as many as have their turn, and a tenth of a second more because a second cuts through two. */
const PER_SECOND = IN_TURN_PER_SECOND * 2 * 1.1;

const downsIn = ({ standings }: PoolSnapshot): number =>
  Array.from(standings.values()).filter(({ verdict }) => verdict.health === 'down').length;

describe('a monitor of 10,000 secondaries', () => {
  it('spreads its questions, and bounds them even while thousands fail at once', async (t) => {
    const asked: number[] = [];
    let underWay = 0;
    let most = 0;
    const ids = Array.from({ length: COUNT }, (_, index) => `web${index}`);
    const table: Record<string, Outcome> = {};
    const published = collect<PoolSnapshot>();
    const monitor = startMonitor({
      ...askWith(async ({ id }, { clock }) => {
        asked.push(clock.now());
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setTimeout(resolve, 20));
        underWay -= 1;
        return table[id] ?? PASS;
      }),
      settings: settingsOf({ ids, checks: { everyMs: EVERY_MS }, each: { fall: 2 } }),
      source: 'memory',
      publish: published.add,
    });
    t.after(monitor.stop);
    await published.first(({ standings }) =>
      Array.from(standings.values()).every(({ verdict }) => verdict.health === 'up'),
    );
    const begun = monitor.snapshot();
    const publishedBefore = published.values.length;
    const before = process.cpuUsage();
    for (const id of ids.slice(0, 4000)) table[id] = FAIL;
    const end = await published.first((snapshot) => downsIn(snapshot) === 4000);
    const { user, system } = process.cpuUsage(before);
    const tookMs = end.at - begun.at;
    const publications = published.values.length - publishedBefore;
    assert.ok(publications <= tookMs / 50 + 2, `${publications} copies in ${tookMs} ms`);
    assert.ok(most <= 1024, `${most} under way`);
    assert.ok(busiestSecond(asked) <= PER_SECOND, `${busiestSecond(asked)} in a second`);
    t.diagnostic(
      `${asked.length} asked in all, ${busiestSecond(asked)} in the busiest second, ${most} under way at most; ` +
        `4,000 turned in ${tookMs.toFixed(0)} ms: ${((user + system) / 1000).toFixed(0)} ms of CPU, ${publications} snapshots`,
    );
  });

  it('does not ask all of them at once where none answers', async (t) => {
    let underWay = 0;
    let asked = 0;
    const ids = Array.from({ length: COUNT }, (_, index) => `web${index}`);
    const full = Promise.withResolvers<undefined>();
    const monitor = startMonitor({
      ...askWith(() => {
        asked += 1;
        underWay += 1;
        if (underWay === 1024) setTimeout(full.resolve, 100, undefined);
        return new Promise(() => {});
      }),
      settings: settingsOf({ ids, checks: { everyMs: 1000 }, each: { timeoutMs: 60_000 } }),
      source: 'memory',
      publish: () => {},
    });
    t.after(monitor.stop);
    await full.promise;
    assert.equal(asked, 1024);
  });
});

/** The most in any second: from each to the last that came within one. */
const busiestSecond = (instants: readonly number[]): number => {
  let most = 0;
  let from = 0;
  instants.forEach((at, index) => {
    while ((instants[from] ?? at) < at - 1000) from += 1;
    most = Math.max(most, index - from + 1);
  });
  return most;
};
