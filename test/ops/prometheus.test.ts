import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pretend, secondary } from '../dashboard/pretend.ts';
import { ask, openAdmin } from '../doors/open-admin.ts';
import { parseScrape } from '../doors/prometheus.ts';

const folder = fileURLToPath(new URL('../../ops/', import.meta.url));

/** A scrape that holds every family. */
const scrape = async (): Promise<string> => {
  const two = pretend([secondary('web1'), secondary('web2', { state: 'drain' })]);
  two.check('web1', { outcome: { ok: true, tookMs: 12 }, load: { running: 3, sessions: 40 } });
  two.check('web2', { outcome: { ok: false, tookMs: 1, failure: 'timeout', detail: 'x' } });
  two.visit('web1', { chosen: 5, kept: 7 });
  two.count({
    refused: { 400: 3 },
    decided: { bounds: [0.001, Infinity], counts: [3, 1], sumSeconds: 0.005 },
  });
  two.sources.journal({
    type: 'health-changed',
    secondary: 'web2',
    from: 'up',
    to: 'down',
    because: 'timeout',
  });
  const { url } = await openAdmin(two);
  return (await ask(`${url}metrics`)).body;
};

test('promtool finds nothing to say of a scrape', async () => {
  const child = spawn('promtool', ['check', 'metrics'], { timeout: 20_000 });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  child.stdin.end(await scrape());
  const [code] = await once(child, 'close');
  assert.equal(said, '');
  assert.equal(code, 0);
});

test('promtool takes the alert rules, and each of them rings when it should', async () => {
  const run = promisify(execFile);
  const cwd = `${folder}prometheus`;
  const checked = await run('promtool', ['check', 'rules', 'usher.rules.yml'], { cwd });
  assert.match(checked.stdout, /SUCCESS: 10 rules found/);
  const tested = await run('promtool', ['test', 'rules', 'usher.rules.test.yml'], { cwd });
  assert.match(tested.stdout, /SUCCESS/);
  const rules = await readFile(`${cwd}/usher.rules.yml`, 'utf8');
  const tests = await readFile(`${cwd}/usher.rules.test.yml`, 'utf8');
  const names = (text: string, found: RegExp): string[] =>
    Array.from(text.matchAll(found), ([, name = '']) => name).sort();
  assert.deepEqual(
    names(tests, /alertname: (\w+)\n +exp_alerts:\n +- exp_labels:/g),
    names(rules, /- alert: (\w+)/g),
  );
});

test('alert rules and the Grafana dashboard use only figures that there are, with labels that they have', async () => {
  const text = await scrape();
  const figures = parseScrape(text);
  const has = (name: string, label?: string): boolean =>
    figures.some((figure) => figure.name === name && (label === undefined || label in figure.labels));
  const rules = await readFile(`${folder}prometheus/usher.rules.yml`, 'utf8');
  const { panels } = JSON.parse(await readFile(`${folder}grafana/usher.json`, 'utf8')) as {
    panels: { targets: { expr: string }[] }[];
  };
  const exprs = [rules, ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];
  const used = exprs.flatMap((expr) => [...expr.matchAll(/\b(usher_[a-z_]+)(?:\{([^}]*)\})?/g)]);
  assert.ok(used.length > 20);
  for (const [, name = '', selector = ''] of used) {
    // One that nobody has learned or told yet has a name and no figures.
    if (text.includes(`# TYPE ${name} gauge\n`) && !has(name)) continue;
    assert.ok(has(name), name);
    for (const [, label = ''] of selector.matchAll(/([a-z]+)=/g))
      assert.ok(label === 'instance' || has(name, label), `${name}{${label}}`);
  }
});
