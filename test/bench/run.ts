import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile, chmod } from 'node:fs/promises';
import { cpus, release, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchWishes } from '../../src/cli/bench.ts';
import type { Io } from '../../src/cli/command.ts';
import { ActionableError, type ExitCode } from '../../src/errors.ts';
import type { Bench, Case } from './bench.ts';
import { cases } from './cases/index.ts';
import { drawChart } from './chart.ts';
import { shareCores } from './cores.ts';
import { goalsOf, goalsWithin, judge, type Goal } from './goals.ts';
import { peers } from './peers/index.ts';
import { isPresent, parted } from './present.ts';
import { createPrograms } from './programs.ts';
import { withGoals } from './readme.ts';
import { printCase, printGoals, printSpent, type Spent } from './report.ts';
import type { CaseResult } from './result.ts';

const ROUNDS = 7;
const QUICK_ROUNDS = 3;
const SECONDS = 0.7;
const QUICK_SECONDS = 0.3;
const WARM_UP_SECONDS = 2.5;
const QUICK_WARM_UP_SECONDS = 1;

/** Runs the cases that are wanted and prints what they gave. Exit code 1 where a case failed, or a server in it. */
export const runBench = async (wishes: BenchWishes, io: Io): Promise<ExitCode> => {
  const wanted = chosen(cases, wishes.cases, 'case');
  const contenders = chosen(peers, wishes.peers, 'peer');
  const cores = shareCores();
  await mayBeWritten(io.cwd, [wishes.json, wishes.chart]);
  if (wishes.installs) installPackages();
  const { here, missing } = parted(contenders);
  mustBeThere();
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort(
      new ActionableError('The benchmark was stopped.', 'What was measured until then stands above.'),
    );
  };
  for (const signal of SIGNALS) process.once(signal, onSignal);
  const programs = createPrograms(stop.signal);
  const folder = await mkdtemp(join(tmpdir(), 'usher-bench-'));
  await chmod(folder, 0o755);
  const line = progressLine(io);
  const remark = (what: string): void => {
    line.clear();
    io.err(`${what}\n`);
  };
  let failed = 0;
  const bench: Bench = {
    rounds: wishes.rounds ?? (wishes.quick ? QUICK_ROUNDS : ROUNDS),
    seconds: wishes.seconds ?? (wishes.quick ? QUICK_SECONDS : SECONDS),
    warmUpSeconds: wishes.quick ? QUICK_WARM_UP_SECONDS : WARM_UP_SECONDS,
    isQuick: wishes.quick,
    peers: here,
    cores,
    programs,
    folder,
    progress: line.say,
    remark,
    complain: (what) => {
      failed += 1;
      remark(what);
    },
  };
  const startedAt = Date.now();
  const results: CaseResult[] = [];
  const spent: Spent[] = [];
  try {
    io.out(`${aboutMachine(bench)}\n`);
    for (const name of missing) io.out(`${name} is not installed and is left out.\n`);
    io.out('\n');
    for (const [at, one] of wanted.entries()) {
      line.head(`${one.name} (${at + 1} of ${wanted.length})`);
      const beganAt = Date.now();
      const result = await attempt(one, bench, stop.signal);
      spent.push({ name: one.name, seconds: Math.round((Date.now() - beganAt) / 1000) });
      line.clear();
      if (typeof result === 'string') {
        failed += 1;
        io.err(`${one.name} could not be measured: ${result}\n\n`);
        continue;
      }
      results.push(result);
      io.out(printCase(result));
    }
  } finally {
    line.clear();
    await programs.stopAll();
    await rm(folder, { recursive: true, force: true });
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  const tookSeconds = Math.round((Date.now() - startedAt) / 1000);
  const isWhole = wanted.length === cases.length && !wishes.quick;
  const goals = goalsOf(results, isWhole ? tookSeconds : undefined);
  const told = wanted.length === cases.length ? goals : goalsWithin(goals, wanted);
  if (told.length > 0) io.out(`${printGoals(told)}\n`);
  io.out(`Took ${tookSeconds} s: ${printSpent(spent)}.\n`);
  if (wishes.json !== undefined) {
    const judged = goals.map((goal) => ({
      ...goal,
      floorIs: judge(goal, goal.floor),
      aimIs: judge(goal, goal.aim),
    }));
    const text = JSON.stringify(
      { machine: aboutMachine(bench), results, goals: judged, tookSeconds, spent },
      undefined,
      2,
    );
    await writeFile(resolve(io.cwd, wishes.json), `${text}\n`);
  }
  const chart = drawChart(results);
  if (wishes.chart !== undefined && chart !== undefined)
    await writeFile(resolve(io.cwd, wishes.chart), chart);
  if (wishes.readme === true && chart !== undefined) await renewReadme(bench, goals, chart);
  return failed === 0 ? 0 : 1;
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const chosen = <Named extends { readonly name: string }>(
  all: readonly Named[],
  names: readonly string[],
  kind: string,
): readonly Named[] => {
  const unknown = names.find((name) => all.every((each) => each.name !== name));
  if (unknown !== undefined) {
    throw new ActionableError(
      `There is no ${kind} called "${unknown}".`,
      `There are ${all.map(({ name }) => name).join(', ')}.`,
      2,
    );
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
};

/** Said before ten minutes of measuring, not after them. */
const mayBeWritten = async (cwd: string, files: readonly (string | undefined)[]): Promise<void> => {
  for (const file of files) {
    if (file === undefined) continue;
    try {
      await (await open(resolve(cwd, file), 'a')).close();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ActionableError(
        `${file} cannot be written: ${why}.`,
        'Name a file in a folder that is there.',
        2,
      );
    }
  }
};

/** What cannot be had is told, and left out. */
const installPackages = (): void => {
  const script = fileURLToPath(new URL('../../ops/bench-deps', import.meta.url));
  spawnSync('bash', [script], { stdio: ['ignore', 'inherit', 'inherit'] });
};

/** Without these nothing can be measured. */
const NEEDED = ['wrk', 'setpriv', 'taskset'];

const mustBeThere = (): void => {
  const missing = NEEDED.filter((command) => !isPresent(command));
  if (missing.length === 0) return;
  throw new ActionableError(
    `Nothing can be measured without ${missing.join(' and ')}.`,
    'Install the Debian packages wrk and util-linux, and run it again.',
  );
};

/** The chart and the table of goals in the README of this checkout. */
const renewReadme = async (bench: Bench, goals: readonly Goal[], chart: string): Promise<void> => {
  const file = fileURLToPath(new URL('../../README.md', import.meta.url));
  const renewed = withGoals(await readFile(file, 'utf8'), { goals, machine: `${aboutMachine(bench)}.` });
  if (renewed === undefined) {
    throw new ActionableError(
      'README.md has no place for the table.',
      'Put the two marks back: <!-- bench … -->.',
    );
  }
  await writeFile(file, renewed);
  await writeFile(fileURLToPath(new URL('../../ops/bench.svg', import.meta.url)), chart);
};

/** The result, or why there is none. */
const attempt = async (one: Case, bench: Bench, stopped: AbortSignal): Promise<CaseResult | string> => {
  try {
    return { name: one.name, title: one.title, ...(await one.run(bench)) };
  } catch (error) {
    stopped.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  } finally {
    await bench.programs.stopAll();
  }
};

const aboutMachine = ({ rounds, seconds, warmUpSeconds, cores }: Bench): string => {
  const all = cpus();
  return `${all.length} × ${all[0]?.model ?? 'unknown processor'}, Linux ${release()}, Node ${process.versions.node}; server on processor ${cores.server}, load on ${cores.load}; median (least–most) of ${rounds} alternating rounds of ${seconds} s, after ${warmUpSeconds} s in which everybody warms up; in lesser cases turns and warm-up are half as long or less, with as many rounds; memory and 10,000 that are checked have at most 2 rounds; bytes and single choices are measured once`;
};

/** What is being done, on one line that is overwritten; without a terminal only which case. */
const progressLine = (io: Io) => {
  let head = '';
  const write = (text: string): void => {
    if (io.isTty) io.err(`\r\u001b[K${text}`);
  };
  return {
    head: (text: string): void => {
      head = text;
      if (!io.isTty) io.err(`${text}\n`);
      write(text);
    },
    say: (doing: string): void => {
      write(`${head}: ${doing}`);
    },
    clear: (): void => {
      write('');
    },
  };
};
