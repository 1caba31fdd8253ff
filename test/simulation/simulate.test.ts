import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { simulate } from '../../src/cli/simulate.ts';
import { runCommand } from '../cli/run-command.ts';
import { goalsOf } from './goals.ts';
import { runSimulation } from './simulate.ts';

test('the command compares the rules in a situation, and draws how the flock goes away', async (context) => {
  const cwd = await mkdtemp(join(tmpdir(), 'usher-simulate-'));
  context.after(() => rm(cwd, { recursive: true }));
  const args = ['--quick', '--scenario', 'pair', '--seeds', '11', '--charts', 'drawn'];
  const { code, out, err } = await runCommand(simulate, args, { cwd });
  assert.equal(code, 0);
  assert.match(err, /^1 of 1 runs$/m);
  assert.match(out, /two equal slow machines/);
  assert.match(out, /^met +worst of all situations/m);
  const svg = await readFile(join(cwd, 'drawn', 'herd.svg'), 'utf8');
  assert.equal(svg.match(/<polyline/g)?.length, 16);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
});

test('the figures come as JSON too', async (context) => {
  const cwd = await mkdtemp(join(tmpdir(), 'usher-simulate-'));
  context.after(() => rm(cwd, { recursive: true }));
  let out = '';
  const code = await runSimulation(
    { quick: true, scenarios: ['calm'], seeds: [3], json: true, charts: '.' },
    { out: (text) => void (out += text), err: () => undefined, cwd, env: {}, isTty: false, color: false },
  );
  assert.equal(code, 0);
  const { seeds, studies, goals, charts } = JSON.parse(out);
  assert.deepEqual(seeds, [3]);
  assert.equal(studies[0].study, 'calm');
  assert.equal(studies[0].rules.find(({ rule }: { rule: string }) => rule === 'bound').mean, 1);
  assert.equal(goals.length, goalsOf({ summaries: studies, choosing: [] }).length);
  assert.deepEqual(charts, [join(cwd, 'herd.svg')]);
});

test('of a part no chart is drawn, and no folder left, unless somebody asks for it', async (context) => {
  const tmp = await mkdtemp(join(tmpdir(), 'usher-simulate-'));
  context.after(() => rm(tmp, { recursive: true }));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = tmp;
  context.after(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  const { code, out } = await runCommand(
    simulate,
    ['--quick', '--scenario', 'calm', '--seeds', '3', '--json'],
    { cwd: tmp },
  );
  assert.equal(code, 0);
  assert.deepEqual((JSON.parse(out) as { charts: unknown }).charts, []);
  assert.deepEqual(await readdir(tmp), []);
});

test('a name or a number that is none is refused with what fits', async () => {
  const wrong = async (...args: string[]) => {
    const { code, err } = await runCommand(simulate, args, { cwd: '/' });
    assert.equal(code, 2, args.join(' '));
    return err;
  };
  assert.match(await wrong('--scenario', 'mian'), /"mian".*main, every1/);
  assert.match(await wrong('--charts', '/proc/none'), /No charts can be written into \/proc\/none/);
  assert.match(await wrong('--seeds', '1,x'), /"1,x".*--seeds 11/);
  assert.match(await wrong('--config', 'usher.json'), /--config goes with --log/);
  assert.match(await wrong('--log', 'a', '--quick'), /--quick does not go with --log/);
  assert.match(await wrong('--log', '-', '--log', '-'), /only once/);
});
