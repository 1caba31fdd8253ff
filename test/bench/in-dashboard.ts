import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, tmpdir, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shareCores } from './cores.ts';
import { startBigPool } from './dashboard/big-pool.ts';
import { mergeLogs } from './dashboard/merge.ts';
import { openDashboards } from './dashboard/open-dashboards.ts';
import { watchPage } from './dashboard/page.ts';
import { judge, type Goal } from './goals.ts';
import { createPrograms, type Programs } from './programs.ts';
import { withGoals } from './readme.ts';
import { printGoals } from './report.ts';
import { spreadOf } from './result.ts';
import { runWrk } from './wrk.ts';

// `npm run bench:dashboard`: what the operator's side costs. The goals are those of a machine that does nothing else;
// `--json` prints them for programs, `--readme` puts them into the README, `--quick` is a first impression.
const { values } = parseArgs({
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, readme: { type: 'boolean' } },
});
const isQuick = values.quick === true;

const SCRAPES = isQuick ? 5 : 15;
const SECONDS = isQuick ? 6 : 20;
const ROUNDS = isQuick ? 3 : 7;
const ROUND_SECONDS = isQuick ? 1 : 3;
const LOG_MB = isQuick ? 200 : 1000;

const say = (doing: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`${doing} …\n`);
};

/** How long a scrape takes, its text read to the end: milliseconds each. */
const scrape = async (adminUrl: string): Promise<readonly number[]> => {
  const took: number[] = [];
  for (let round = -1; round < SCRAPES; round += 1) {
    const beganAt = performance.now();
    const answer = await fetch(`${adminUrl}metrics`);
    await answer.arrayBuffer();
    if (round >= 0) took.push(performance.now() - beganAt);
  }
  return took;
};

/** Scrapes, and an open page. */
const measurePage = async (programs: Programs, folder: string, secondaries: number) => {
  say(`${secondaries} secondaries`);
  const pool = await startBigPool({ programs, secondaries, folder });
  try {
    const scrapes = spreadOf(await scrape(pool.adminUrl));
    return { scrapes, ...(await watchPage(pool, SECONDS)) };
  } finally {
    await pool.stop();
  }
};

/** What the public door answers with a hundred dashboards open, of what it answers without, round by round. */
const measureCrowd = async (programs: Programs, folder: string): Promise<readonly number[]> => {
  say('a hundred dashboards');
  const { server, load } = shareCores();
  const pool = await startBigPool({ programs, secondaries: 1000, folder, cpus: server });
  const visits = async (): Promise<number> =>
    (await runWrk(programs, { port: pool.port, connections: 64, seconds: ROUND_SECONDS, cpus: load }))
      .perSecond;
  const ratios: number[] = [];
  try {
    await visits();
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await visits();
      const close = await openDashboards(pool.adminUrl, 100);
      const crowded = await visits();
      close();
      ratios.push(crowded / ((before + (await visits())) / 2));
    }
  } finally {
    await pool.stop();
  }
  return ratios;
};

/** The table of the operator's side in the README of this checkout. */
const renewReadme = async (goals: readonly Goal[]): Promise<void> => {
  const file = new URL('../../README.md', import.meta.url);
  const model = cpus()[0]?.model ?? '';
  const machine = `${availableParallelism()} × ${model}, ${type()} ${release()}, Node ${process.versions.node}.`;
  const renewed = withGoals(await readFile(file, 'utf8'), { goals, machine, run: 'dashboard' });
  if (renewed === undefined) throw new Error('README.md has no place for the table: put its two marks back.');
  await writeFile(file, renewed);
};

const one = (value: number) => spreadOf([value]);
const atMost = { isMoreBetter: false } as const;

const [busy = 0] = loadavg();
const stop = new AbortController();
const programs = createPrograms(stop.signal);
const folder = await mkdtemp(join(tmpdir(), 'usher-in-dashboard-'));
try {
  const thousand = await measurePage(programs, folder, 1000);
  const tenThousand = await measurePage(programs, folder, 10_000);
  const crowd = await measureCrowd(programs, folder);
  say('merging logs');
  const merged = await mergeLogs(programs, { folder, megabytes: LOG_MB, files: 4 });
  const [thousandLogs, manyLogs] = [
    await mergeLogs(programs, { folder, megabytes: 200, files: 1000 }),
    await mergeLogs(programs, { folder, megabytes: 200, files: 5000 }),
  ];
  const rotated = await mergeLogs(programs, { folder, megabytes: 200, files: 1460, inTurn: 365 });
  const page = (
    what: string,
    { renderMs, browserCores, serverCores }: typeof thousand,
    aims: boolean,
  ): Goal[] => [
    {
      what: `the page of ${what} stands`,
      measured: one(renderMs),
      unit: ' ms',
      ...atMost,
      ...(aims ? { aim: 1000 } : {}),
    },
    {
      what: `… costs the browser`,
      measured: one(browserCores * 100),
      unit: ' % of a core',
      ...atMost,
      ...(aims ? { aim: 5 } : {}),
    },
    {
      what: `… costs Usher`,
      measured: one(serverCores * 100),
      unit: ' % of a core',
      ...atMost,
      ...(aims ? { aim: 5 } : {}),
    },
  ];
  const goals: readonly Goal[] = [
    { what: 'a scrape of 1,000 secondaries', measured: thousand.scrapes, unit: ' ms', ...atMost, aim: 50 },
    { what: 'a scrape of 10,000', measured: tenThousand.scrapes, unit: ' ms', ...atMost, aim: 1000 },
    ...page('1,000', thousand, true),
    ...page('10,000', tenThousand, false),
    {
      what: 'the public door with 100 dashboards open, of what it answers without',
      measured: spreadOf(crowd),
      unit: ' ×',
      isMoreBetter: true,
      aim: 0.98,
    },
    {
      what: 'mergelogs, a second of processor time',
      measured: one(merged.mbPerCpuSecond),
      unit: ' MB',
      isMoreBetter: true,
      aim: 200,
    },
    {
      what: '… of 1,460 rotated logs',
      measured: one(rotated.mbPerCpuSecond),
      unit: ' MB',
      isMoreBetter: true,
      aim: 200,
    },
    {
      what: '… of 1,000 of the same time',
      measured: one(thousandLogs.mbPerCpuSecond),
      unit: ' MB',
      isMoreBetter: true,
    },
    {
      what: '… of 5,000 of the same time',
      measured: one(manyLogs.mbPerCpuSecond),
      unit: ' MB',
      isMoreBetter: true,
    },
    {
      what: 'mergelogs, resident at most',
      measured: one(merged.residentMb),
      unit: ' MB',
      ...atMost,
      aim: 100,
    },
    {
      what: '… with 1,460 rotated logs',
      measured: one(rotated.residentMb),
      unit: ' MB',
      ...atMost,
      aim: 100,
    },
    {
      what: '… with 1,000 of the same time',
      measured: one(thousandLogs.residentMb),
      unit: ' MB',
      ...atMost,
      aim: 100,
    },
    {
      what: '… with 5,000 of the same time',
      measured: one(manyLogs.residentMb),
      unit: ' MB',
      ...atMost,
      aim: 100,
    },
  ];
  const told = goals.map((goal) => ({ ...goal, judgement: judge(goal, goal.aim) }));
  process.stdout.write(values.json === true ? `${JSON.stringify(told, undefined, 2)}\n` : printGoals(goals));
  if (values.readme === true) await renewReadme(goals);
  if (busy > 1) process.stderr.write(`Others were at work (load ${busy.toFixed(1)}): times are too long.\n`);
} finally {
  await programs.stopAll();
  await rm(folder, { recursive: true, force: true });
}
