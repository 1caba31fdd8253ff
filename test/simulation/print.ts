import { table } from '../../src/cli/table.ts';
import { shown, shownBeside, type Goal } from './goals.ts';
import type { RuleName } from './rules.ts';
import type { Summary } from './summary.ts';

/** The main case: every rule with all its figures. */
export const printMain = ({ title, rules }: Summary): string =>
  `\n${sentence(title)}: slowdown over that of the bound\n\n${table(
    ['rule', 'mean', '±', 'p95', 'p99', 'herd'],
    rules.map(({ title: rule, mean, error, p95, p99, herd }) => [
      rule,
      shown(mean),
      Number.isNaN(error) ? '' : error.toFixed(2),
      shown(p95),
      shown(p99),
      herd.toFixed(2),
    ]),
  )}`;

const COLUMNS: readonly (readonly [RuleName, string])[] = [
  ['balance', 'balance'],
  ['balance+1', '+1 probe'],
  ['balance+2', '+2 probes'],
  ['turns', 'round robin'],
  ['least-running', 'least of file'],
  ['two-choices', 'two choices'],
  ['own-sessions', 'file + own'],
  ['aggressive-li', 'LI'],
  ['live-running', 'live least'],
];

/** All situations with the usual rules: mean and p99. */
export const printStudies = (summaries: readonly Summary[]): string =>
  `\nEvery situation: mean slowdown (p99) over that of the bound\n\n${table(
    ['situation', ...COLUMNS.map(([, head]) => head)],
    summaries.map(({ title, rules }) => [
      title,
      ...COLUMNS.map(([name]) => {
        const figures = rules.find(({ rule }) => rule === name);
        return figures === undefined ? '' : `${shown(figures.mean)} (${shown(figures.p99)})`;
      }),
    ]),
  )}`;

/** The figures to reach, with met or missed. */
export const printGoals = (goals: readonly Goal[]): string =>
  `\nFigures to reach\n\n${table(
    ['', 'figure', 'at most', 'measured', 'beside it'],
    goals.map((goal) => [
      goal.isMet ? 'met' : 'MISSED',
      goal.title,
      shown(goal.limit),
      shownBeside(goal),
      goal.beside,
    ]),
  )}`;

/** What is to be seen, and no figure to reach: the visitors that one draws whose errors nobody can tell from speed. */
export const printNoGoal = (summaries: readonly Summary[]): string => {
  const study = summaries.find((one) => one.study === 'sinkhole4');
  const byTurns = study?.rules.find(({ rule }) => rule === 'turns')?.lost?.mean;
  if (study === undefined || byTurns === undefined) return '';
  const drawn = (['balance', 'balance+1', 'balance+2', 'least-running'] as const).flatMap((name) => {
    const found = study.rules.find(({ rule }) => rule === name);
    return found?.lost === undefined ? [] : [`${found.title} ${shown(found.lost.mean / byTurns)}`];
  });
  return `\nNo figure to reach, but so it is: ${study.title}. Visitors it gets, over smooth weighted round robin: ${drawn.join(', ')}.\n`;
};

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
