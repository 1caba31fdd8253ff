import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Status } from '../../src/dashboard/status.ts';
import { openBrowser } from '../real/chromium.ts';
import { startTwo } from './two.ts';
import { until } from './until.ts';
import { runUsher } from './usher.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

test('a drain ends one life of a cookie after it began, however often a browser comes back, and counts it until then', async (t) => {
  const { one, two, usher } = await startTwo(t, {
    policy: 'round-robin',
    checks: { every: '500ms' },
    affinity: { for: '6s' },
  });
  const page = await (await browser.newContext()).newPage();
  const visit = async (): Promise<number> => {
    await page.goto(usher.url);
    return Number(new URL(page.url()).port);
  };
  await until(async () => {
    if ((await visit()) === one.port) return true;
    await page.context().clearCookies();
    return false;
  });

  const waited = runUsher(['drain', 'one', '--wait', '--config', usher.configFile]);
  const row = async () => {
    const status = (await (await fetch(`${usher.adminUrl}/api/status`)).json()) as Status;
    return status.secondaries.find(({ id }) => id === 'one');
  };
  await until(async () => (await row())?.left !== undefined);
  const ends = new Set<string>();
  // The look comes before the visit: whoever is sent there afterwards was still to be counted.
  for (;;) {
    const { left } = (await row()) ?? {};
    const scrape = await (await fetch(`${usher.adminUrl}/metrics`)).text();
    const inMetrics = /^usher_drain_visitors\{secondary="one"\} (\d+)$/m.exec(scrape)?.[1];
    if ((await visit()) !== one.port) break;
    assert.ok(left !== undefined && left.visitors > 0 && left.until !== null, JSON.stringify(left));
    assert.ok(Number(inMetrics) > 0, `the metrics say ${String(inMetrics)}`);
    ends.add(left.until.slice(0, 19));
  }
  assert.ok(ends.size <= 2, `the end moves: ${[...ends].join(' ')}`);
  assert.equal(await visit(), two.port);
  const { code, out, err } = await waited;
  assert.deepEqual([code, out.split('\n').at(-2)], [0, 'nobody is left on one']);
  assert.match(err, /^about [1-9]/m);
  assert.doesNotMatch(err, /^about 0/m);
  await page.context().close();
});
