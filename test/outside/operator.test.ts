import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { complaintsOf } from '../real/complaints.ts';
import { startLoad } from './load.ts';
import { startSecondary } from './secondary.ts';
import { startTwo } from './two.ts';
import { until } from './until.ts';
import { startUsher, type Usher } from './usher.ts';

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds that is serious. */
const barriers = async (page: Page): Promise<readonly string[]> => {
  // Not by a script element, which the page's own policy would not let in.
  await page.evaluate(AXE);
  const violations = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''} ${nodes[0]?.failureSummary ?? ''}`);
};

const rowOf = (page: Page, id: string) => page.locator(`#rows tr[data-id="${id}"]`);

/** Opens the dashboard, and waits until it lives. */
const openDashboard = async (usher: Usher, page: Page): Promise<void> => {
  await page.goto(usher.adminUrl);
  await page.waitForSelector('#charts:not([hidden])');
};

test('an operator sees both beat, reads why one is down, drains a twin by a click and mends the file', async (t) => {
  const [one, two, twin] = [await startSecondary('1'), await startSecondary('2'), await startSecondary('3')];
  const usher = await startUsher({
    config: {
      policy: 'round-robin',
      checks: { every: '250ms' },
      affinity: { for: '5s' },
      secondaries: [
        { id: 'one', port: one.port },
        { id: 'two', port: two.port },
        { id: 'twin', port: twin.port },
      ],
    },
  });
  t.after(usher.stop);
  const load = startLoad({ port: usher.port, visitors: 2 });
  t.after(load.stop);
  const page = await (await browser.newContext()).newPage();
  const faults = complaintsOf(page);
  await openDashboard(usher, page);
  for (const id of ['one', 'two', 'twin']) {
    await rowOf(page, id).locator('.passes[d*="M"]').waitFor({ state: 'attached' });
  }

  const killedAt = Date.now();
  await one.down();
  await rowOf(page, 'one').getByText('nobody listens there').waitFor();
  const tookMs = Date.now() - killedAt;
  // 3 s where the machine is free
  assert.ok(tookMs < 10_000, `the reason stood there after ${tookMs} ms`);
  t.diagnostic(`the reason stood there after ${tookMs} ms`);
  await page.getByRole('heading', { name: 'one is down' }).waitFor();
  await rowOf(page, 'one').getByRole('link', { name: 'one' }).click();
  await page.getByRole('heading', { name: 'one is down' }).waitFor();
  await page.locator('tbody code', { hasText: 'ECONNREFUSED' }).first().waitFor();
  await page.goBack();
  await page.waitForSelector('#charts:not([hidden])');

  await page.getByRole('button', { name: 'Edit twin' }).click();
  const dialog = page.getByRole('dialog', { name: 'twin' });
  await dialog.getByRole('button', { name: 'Drain' }).click();
  await dialog.getByText('Before it counts').waitFor();
  assert.match((await dialog.locator('.effect').textContent()) ?? '', /^Tried with .* visitors/);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await rowOf(page, 'twin')
    .getByText(/about [\d,]+ left, the last for/)
    .waitFor();
  await rowOf(page, 'twin').getByText('nobody is left').waitFor({ timeout: 30_000 });
  const sentBefore = load.sentTo(twin.port);
  await until(() => load.sentTo(two.port) > 10);
  assert.equal(load.sentTo(twin.port), sentBefore);

  const good = readFileSync(usher.configFile, 'utf8');
  writeFileSync(usher.configFile, good.replace('"policy"', '"polciy"'));
  const mistakes = page.getByRole('alert').filter({ hasText: 'The config file has mistakes' });
  await mistakes.waitFor();
  assert.match((await mistakes.textContent()) ?? '', /usher\.json:\d+:\d+: .*polciy.*policy/s);
  writeFileSync(usher.configFile, good);
  await mistakes.waitFor({ state: 'hidden' });

  // Four in a second, and each counts; one in a second would be a quarter.
  const scrape = await (await fetch(`${usher.adminUrl}/metrics`)).text();
  const counted = Number(/^usher_check_duration_seconds_count\{.*pass.*\} (\d+)$/m.exec(scrape)?.[1]);
  const asked = two.targets.length + twin.targets.length;
  t.diagnostic(`${counted} of ${asked} checks were counted`);
  assert.ok(counted > asked / 2, `${counted} of ${asked} checks were counted`);
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('axe-core finds nothing serious on any page, light and wide or dark and on a phone', async (t) => {
  const { two, usher } = await startTwo(t, { checks: { every: '500ms' }, debug: true });
  const { headers } = await fetch(usher.url, { redirect: 'manual' });
  const decision = headers.get('x-usher-decision') ?? '';
  await two.down();
  await usher.event('health-changed', { fits: ({ to }) => to === 'down' });
  for (const [colorScheme, name, width, height] of [
    ['light', 'wide', 1440, 900],
    ['dark', 'phone', 390, 844],
  ] as const) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height } });
    const page = await context.newPage();
    const faults = complaintsOf(page);
    const look = async (what: string): Promise<void> => {
      await keepArtefact(`operator-${what}-${colorScheme}-${name}.png`, await page.screenshot());
      assert.deepEqual(await barriers(page), [], `${what} ${colorScheme} ${name}`);
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      assert.ok(Number(tooWide) <= 0, `${what} ${name} is ${String(tooWide)} px too wide`);
    };
    await openDashboard(usher, page);
    await look('dashboard');
    await page.getByRole('button', { name: 'Edit one' }).click();
    const dialog = page.getByRole('dialog', { name: 'one' });
    await dialog.getByRole('button', { name: 'Maintenance' }).click();
    await dialog.getByText('Before it counts').waitFor();
    await look('preview');
    for (const [what, path] of [
      ['secondary', 'secondary/two'],
      ['decisions', 'why'],
      ['why', `why/${decision}`],
      ['ohno', 'ohno'],
    ] as const) {
      await page.goto(new URL(path, usher.adminUrl).href);
      await look(what);
    }
    assert.deepEqual(faults, []);
    // It does find what is there.
    await page.evaluate("document.body.append(Object.assign(new Image(), { src: '/dashboard-icon.svg' }))");
    assert.match((await barriers(page)).join(), /^image-alt/);
    await context.close();
  }
});
