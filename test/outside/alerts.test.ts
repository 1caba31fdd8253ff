import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Why } from '../../src/doors/why/why.ts';
import type { Status } from '../../src/dashboard/status.ts';
import { parseScrape } from '../doors/prometheus.ts';
import { startSecondary } from './secondary.ts';
import { until } from './until.ts';
import { startUsher, type Usher } from './usher.ts';

const OPS = fileURLToPath(new URL('../../ops/', import.meta.url));

const { panels } = JSON.parse(readFileSync(join(OPS, 'grafana/usher.json'), 'utf8')) as {
  panels: readonly { title: string; targets: readonly { expr: string }[] }[];
};

/** What a panel of the dashboard in Grafana asks. */
const asked = (title: string): string =>
  (panels.find((panel) => panel.title === title)?.targets[0]?.expr ?? '').replaceAll(/\$\w+/g, '.*');

const scrape = async ({ adminUrl }: Usher): Promise<string> => (await fetch(`${adminUrl}/metrics`)).text();

/** What promtool is to find where an Usher goes on as in one scrape. */
interface Expected {
  readonly scraped: string;
  readonly alerts: Readonly<Record<string, readonly string[]>>;
  readonly down: number;
}

/** One test of promtool: ten minutes of these figures. */
const lasting = ({ scraped, alerts, down }: Expected): object => ({
  interval: '15s',
  input_series: [
    { series: 'up{job="usher",instance="a"}', values: '1x40' },
    ...parseScrape(scraped)
      // the age of news that never came is no number
      .filter(({ name, value }) => name.startsWith('usher_') && Number.isFinite(value))
      .map(({ name, labels, value }) => ({
        series: `${name}{${Object.entries({ ...labels, instance: 'a' })
          .map(([key, of]) => `${key}=${JSON.stringify(of)}`)
          .join(',')}}`,
        values: `${value}x40`,
      })),
  ],
  promql_expr_test: [
    {
      expr: 'count by (alertname, secondary) (ALERTS{alertstate="firing"})',
      eval_time: '9m',
      exp_samples: Object.entries(alerts).flatMap(([alertname, secondaries]) =>
        secondaries.map((secondary) => ({
          labels: `{alertname="${alertname}"${secondary === '' ? '' : `,secondary="${secondary}"`}}`,
          value: 1,
        })),
      ),
    },
    { expr: asked('Down'), eval_time: '9m', exp_samples: [{ labels: '{}', value: down }] },
  ],
});

test('alerts ring for what is so, and nothing is called otherwise than it is, while nobody was asked, the worker is silent or all are down', async (t) => {
  const [one, two] = [await startSecondary('1'), await startSecondary('2')];
  const unasked = await startUsher({
    config: { checks: { from: 'live' }, entrances: {}, secondaries: [{ id: 'one', port: one.port }] },
  });
  t.after(unasked.stop);
  const usher = await startUsher({
    config: {
      debug: true,
      policy: 'round-robin',
      whenAllDown: 'anyone',
      checks: { every: '200ms', worker: 'elsewhere' },
      secondaries: [
        { id: 'one', port: one.port },
        { id: 'two', port: two.port, state: 'maintenance' },
      ],
    },
  });
  t.after(usher.stop);
  const turned = (secondary: string, to: string) =>
    usher.event('health-changed', { fits: (event) => event.secondary === secondary && event.to === to });
  await two.down();
  await Promise.all([turned('one', 'up'), turned('two', 'down')]);
  const own = /^usher_source\{source="own"\} 1$/m;
  await until(async () => own.test(await scrape(usher)));
  const silent = await scrape(usher);
  assert.equal((await fetch(`${usher.adminUrl}/readyz`)).status, 200);

  await one.down();
  await turned('one', 'down');
  await until(async () => /^usher_usable\{secondary="one"\} 0$/m.test(await scrape(usher)));
  const { headers } = await fetch(usher.url, { redirect: 'manual' });
  assert.equal(headers.get('x-usher'), 'one anyone');
  const told = (await (
    await fetch(`${usher.adminUrl}/api/why/${headers.get('x-usher-decision') ?? ''}`)
  ).json()) as Why;
  assert.equal(
    told.words,
    'Nobody was known to work, and whenAllDown is "anyone": one was chosen by round-robin.',
  );
  assert.match(told.secondaries[0]?.why ?? '', /^down: .*; tried all the same: nobody works$/);
  assert.equal(told.secondaries[1]?.why, 'maintenance');
  const { headline } = (await (await fetch(`${usher.adminUrl}/api/status`)).json()) as Status;
  assert.equal(headline.words, 'Nobody is known to work: visitors are sent on all the same');
  const ready = await fetch(`${usher.adminUrl}/readyz`);
  assert.equal(ready.status, 503);
  assert.match(await ready.text(), /visitors are sent on all the same$/m);
  const all = await scrape(usher);

  const folder = mkdtempSync(join(tmpdir(), 'usher-alerts-'));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  copyFileSync(join(OPS, 'prometheus/usher.rules.yml'), join(folder, 'usher.rules.yml'));
  // JSON is YAML
  writeFileSync(
    join(folder, 'test.yml'),
    JSON.stringify({
      rule_files: ['usher.rules.yml'],
      evaluation_interval: '15s',
      tests: [
        { scraped: await scrape(unasked), alerts: {}, down: 0 },
        { scraped: silent, alerts: { UsherWorkerSilent: [''] }, down: 0 },
        {
          scraped: all,
          alerts: { UsherWorkerSilent: [''], UsherNobodyTakesVisitors: [''], UsherSecondaryDown: ['one'] },
          down: 1,
        },
      ].map(lasting),
    }),
  );
  const { stdout } = await promisify(execFile)('promtool', ['test', 'rules', 'test.yml'], { cwd: folder });
  assert.match(stdout, /SUCCESS/);
});
