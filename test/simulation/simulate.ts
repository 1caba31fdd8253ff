import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Io } from '../../src/cli/command.ts';
import type { SimulationWishes } from '../../src/cli/simulate.ts';
import { ActionableError, type ExitCode } from '../../src/errors.ts';
import { claimFolder, drawCharts } from './charts.ts';
import { timeChoosing, timeOthers } from './choosing.ts';
import { doTasks } from './crew.ts';
import { goalsOf, type Goal } from './goals.ts';
import { planWhole, SEEDS, SEEDS_IN_WORDS } from './plan.ts';
import { printGoals, printMain, printNoGoal, printStudies } from './print.ts';
import { STUDIES, type StudyName } from './scenarios.ts';
import { summarize, type Summary } from './summary.ts';
import type { Finding, Task } from './task.ts';

export { runReal } from './real/real.ts';

const QUICK_SEEDS = [101, 102];
/** A quick run ends there, in simulated seconds. */
const QUICK_END = 900;
const THREADS = 2;

/** Compares the rules in all situations and says which figures are reached. */
export const runSimulation = async (wishes: SimulationWishes, io: Io): Promise<ExitCode> => {
  const studies = chosen(wishes.scenarios);
  const seeds = wishes.seeds ?? (wishes.quick ? QUICK_SEEDS : SEEDS);
  const isWhole = seeds === SEEDS;
  const tasks = isWhole
    ? planWhole(studies)
    : studies.flatMap((study) =>
        seeds.map((seed): Task => ({ study, seed, ...(wishes.quick && { end: QUICK_END }) })),
      );
  const folder = wishes.charts === undefined ? undefined : resolve(io.cwd, wishes.charts);
  if (folder !== undefined) await claimFolder(folder);
  const findings = await doTasks(
    tasks,
    Math.min(THREADS, availableParallelism()),
    progress(io, tasks.length),
  );
  const summaries = summarize(findings);
  const choosing = wishes.scenarios.length === 0 ? [100, 10_000].map(timeChoosing) : [];
  const others = wishes.scenarios.length === 0 ? timeOthers(10_000) : [];
  const goals = goalsOf({ summaries, choosing, others });
  const charts = folder === undefined ? [] : await drawCharts(folder, summaries, seeds[0] ?? 11);

  io.out(
    wishes.json
      ? `${JSON.stringify({ seeds, isQuick: wishes.quick, goals, choosing: [...choosing, ...others], studies: summaries, charts }, undefined, 2)}\n`
      : inWords(summaries, goals, { seeds, charts, isQuick: wishes.quick, isWhole }),
  );
  return goals.every(({ isMet }) => isMet) || wishes.quick ? 0 : 1;
};

const chosen = (wanted: readonly string[]): readonly StudyName[] => {
  const names = Object.keys(STUDIES) as StudyName[];
  const unknown = wanted.find((name) => !names.includes(name as StudyName));
  if (unknown !== undefined) {
    throw new ActionableError(`No situation is called "${unknown}".`, `There are ${names.join(', ')}.`, 2);
  }
  return wanted.length === 0 ? names : names.filter((name) => wanted.includes(name));
};

const progress = (io: Io, total: number): ((finding: Finding, done: number) => void) => {
  if (process.stderr.isTTY) {
    return ({ study, seed }, done) =>
      io.err(done === total ? '\r\x1b[K' : `\r\x1b[K${done} of ${total}: ${study}, seed ${seed}`);
  }
  const step = Math.ceil(total / 4);
  return (_finding, done) => {
    if (done % step === 0 || done === total) io.err(`${done} of ${total} runs\n`);
  };
};

const inWords = (
  summaries: readonly Summary[],
  goals: readonly Goal[],
  {
    seeds,
    charts,
    isQuick,
    isWhole,
  }: { seeds: readonly number[]; charts: readonly string[]; isQuick: boolean; isWhole: boolean },
): string =>
  [
    `Visitors as sessions with think times on secondaries that share their time; means over seeds ${isWhole ? SEEDS_IN_WORDS : seeds.join(', ')}.\n`,
    'The bound knows at every visit, for free, what runs where, and takes the least (running + 1) / weight.\n',
    ...summaries.filter(({ study }) => study === 'main').map(printMain),
    printStudies(summaries),
    printGoals(goals),
    printNoGoal(summaries),
    isQuick ? '\nA quick run is short: its figures are rough and decide nothing.\n' : '',
    charts.length > 0
      ? charts.map((file) => `\n${file}`).join('') + '\n'
      : '\n--charts FOLDER draws pictures of it.\n',
  ].join('');
