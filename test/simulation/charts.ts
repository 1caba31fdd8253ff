import { access, constants, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionableError } from '../../src/errors.ts';
import { makeFolder } from '../../src/stores/make-folder.ts';
import { shown } from './goals.ts';
import { SAMPLE } from './measure.ts';
import { RULES, type RuleName } from './rules.ts';
import { run } from './run.ts';
import { STUDIES, type Study } from './scenarios.ts';
import type { Summary } from './summary.ts';
import { grid, label, line, picture } from './svg.ts';
import { drawVisitors } from './visitors.ts';

/**
 * Sees that charts can be written into a folder, before minutes go into what they show.
 *
 * @throws ActionableError where they cannot
 */
export const claimFolder = async (folder: string): Promise<void> => {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new ActionableError(
      `No charts can be written into ${folder}: ${(error as Error).message}.`,
      'Give --charts a folder that can be made or written into.',
      2,
    );
  }
};

/** Draws the charts into a folder and says which files were written. */
export const drawCharts = async (
  folder: string,
  summaries: readonly Summary[],
  seed: number,
): Promise<readonly string[]> => {
  const charts = [
    ['herd.svg', drawHerd(seed)],
    ['rules.svg', drawRules(summaries)],
    ['age.svg', drawAge(summaries)],
  ] as const;
  const files: string[] = [];
  for (const [name, chart] of charts) {
    if (chart === undefined) continue;
    const file = join(folder, name);
    await writeFile(file, chart);
    files.push(file);
  }
  return files;
};

const WIDTH = 860;

/** Sessions for each unit of speed, one line a secondary: the flock, and how it goes away. */
const drawHerd = (seed: number): string => {
  const from = 480;
  const to = 720;
  const scenario: Study = { ...STUDIES.main, end: to };
  const visitors = drawVisitors(scenario.traffic, scenario.end, seed);
  const panels = (['least-running', 'balance'] as const).map((name) => ({
    name,
    trace: run({ scenario, rule: RULES[name], visitors, seed, isTraced: true }).trace.slice(from / SAMPLE),
  }));
  const densest = Math.max(
    ...panels.flatMap(({ trace }) =>
      trace.flatMap((row) => row.map((held, at) => held / scenario.speeds[at]!)),
    ),
  );
  const levels = Array.from({ length: Math.ceil(densest / 100) + 1 }, (_, step) => step * 100);
  const most = levels.at(-1)!;
  const height = 430;
  const top = 96;
  const bottom = height - 40;
  const wide = (WIDTH - 90) / 2;

  const drawn = panels.map(({ name, trace }, panel) => {
    const left = 50 + panel * (wide + 20);
    const x = (at: number): number => left + (wide * at) / (trace.length - 1);
    const y = (value: number): number => bottom - ((bottom - top) * value) / most;
    return [
      label(
        left,
        top - 16,
        name === 'balance' ? 'balance, the same file' : 'the least loaded line of the file',
      ),
      ...levels.map((level) => grid([left, y(level)], [left + wide, y(level)])),
      ...(panel === 0
        ? levels.map((level) => label(left - 8, y(level) + 4, String(level), { as: 'quiet', anchor: 'end' }))
        : []),
      ...scenario.speeds.map((speed, server) =>
        line(
          trace.map((row, at) => [x(at), y(row[server]! / speed)]),
          name === 'balance' ? 'ours thin' : 'bad thin',
        ),
      ),
      ...[0, 1, 2, 3, 4, 5].map((file) =>
        label(x((file * 40) / SAMPLE), bottom + 20, file === 0 ? 'a file' : `+${file * 40} s`, {
          as: 'quiet',
          anchor: 'middle',
        }),
      ),
    ].join('\n');
  });
  return picture(
    { width: WIDTH, height, title: 'Sessions of eight secondaries over time, under two rules' },
    [
      label(16, 28, 'Eight secondaries, a file of their load every 40 s', { as: 'title' }),
      label(16, 46, 'sessions each holds for its speed', { as: 'quiet' }),
      ...drawn,
    ].join('\n'),
  );
};

/** The main case: mean slowdown of every rule, on a logarithmic scale. */
const drawRules = (summaries: readonly Summary[]): string | undefined => {
  const main = summaries.find(({ study }) => study === 'main');
  if (main === undefined) return undefined;
  const rules = main.rules.toSorted((one, other) => one.mean - other.mean);
  const row = 24;
  // The widest sign of a plain font is seldom more than seven units, on average.
  const left = 26 + 7 * Math.max(...rules.map(({ title }) => title.length));
  const top = 66;
  const height = top + rules.length * row + 16;
  const most = Math.max(...rules.map(({ mean }) => mean));
  const x = (value: number): number =>
    left + ((WIDTH - left - 60) * Math.log(value / 0.9)) / Math.log(most / 0.9);
  return picture(
    { width: WIDTH, height, title: 'Mean slowdown of each rule over perfect live knowledge' },
    [
      label(16, 28, 'Waiting, over that under perfect live knowledge', { as: 'title' }),
      label(16, 46, 'eight secondaries, load 0.75, a file every 40 s; logarithmic', { as: 'quiet' }),
      ...rules.map(({ title, rule, mean }, at) => {
        const y = top + at * row;
        const as = rule.startsWith('balance') ? 'ours' : 'theirs';
        return [
          label(left - 10, y + 15, title, { anchor: 'end' }),
          `<rect class="bar ${as}" x="${left}" y="${y + 3}" width="${(x(mean) - left).toFixed(1)}" height="${row - 8}" rx="2"/>`,
          label(x(mean) + 6, y + 15, shown(mean), { as: 'quiet' }),
        ].join('\n');
      }),
    ].join('\n'),
  );
};

const AGES = [
  ['every1', 1],
  ['every5', 5],
  ['every10', 10],
  ['main', 40],
  ['every60', 60],
] as const;

const LINES: readonly (readonly [RuleName, string, string])[] = [
  ['least-running', 'the least line of the file', 'bad'],
  ['two-choices', 'two choices of the file', 'theirs'],
  ['turns', 'round robin by weight', 'theirs'],
  ['balance', 'balance', 'ours'],
  ['balance+1', 'balance, one probe after each visit', 'good'],
];

/** How each rule bears the age of the file. */
const drawAge = (summaries: readonly Summary[]): string | undefined => {
  const meanOf = (study: string, name: RuleName): number =>
    summaries.find((one) => one.study === study)?.rules.find(({ rule }) => rule === name)?.mean ?? NaN;
  if (AGES.some(([study]) => Number.isNaN(meanOf(study, 'balance')))) return undefined;
  const height = 420;
  const [left, right, top, bottom] = [56, WIDTH - 260, 70, height - 46];
  const most = 32;
  const x = (seconds: number): number => left + ((right - left) * Math.log(seconds)) / Math.log(60);
  const y = (value: number): number =>
    bottom - ((bottom - top) * Math.log(Math.min(value, most))) / Math.log(most);
  const ends = LINES.map(([rule, title, as]) => ({ title, as, at: y(meanOf('every60', rule)) })).toSorted(
    (one, other) => one.at - other.at,
  );
  // Names that would lie upon each other move down.
  const places = ends.reduce<number[]>(
    (list, { at }) => [...list, Math.max(at, (list.at(-1) ?? -Infinity) + 17)],
    [],
  );
  return picture(
    { width: WIDTH, height, title: 'Mean slowdown over the time between two files, for each rule' },
    [
      label(16, 28, 'How old may the file be?', { as: 'title' }),
      label(16, 46, 'waiting, over that under perfect live knowledge; both scales logarithmic', {
        as: 'quiet',
      }),
      ...[1, 2, 4, 8, 16, 32].flatMap((value) => [
        grid([left, y(value)], [right, y(value)]),
        label(left - 8, y(value) + 4, String(value), { as: 'quiet', anchor: 'end' }),
      ]),
      ...AGES.map(([, seconds]) =>
        label(x(seconds), bottom + 20, `${seconds} s`, { as: 'quiet', anchor: 'middle' }),
      ),
      ...LINES.map(([rule, , as]) => {
        const points = AGES.map(([study, seconds]): [number, number] => [x(seconds), y(meanOf(study, rule))]);
        return [
          line(points, as),
          ...points.map(
            ([px, py]) => `<circle class="dot ${as}" cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="3.5"/>`,
          ),
        ].join('\n');
      }),
      ...ends.map(({ title }, at) => label(right + 12, places[at]! + 4, title)),
    ].join('\n'),
  );
};
