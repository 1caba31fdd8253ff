import { judge, type Goal } from './goals.ts';
import {
  MEASURES,
  ratioOf,
  rowOf,
  valueOf,
  type CaseResult,
  type Measure,
  type Row,
  type Spread,
} from './result.ts';

/** Those whom everybody is compared with. */
const BASES = ['nginx', 'haproxy'] as const;

/** A case as a table: medians with least and most, and how the first measure compares with nginx and HAProxy. */
export const printCase = (result: CaseResult): string => {
  const measures = (Object.keys(MEASURES) as Measure[]).filter((measure) =>
    result.rows.some((row) => valueOf(row, measure) !== undefined),
  );
  const [first] = measures;
  const bases = BASES.filter((base) => first !== undefined && rowOf(result, base) !== undefined);
  const heads = [
    '',
    ...measures.map((measure) => MEASURES[measure].title),
    ...bases.map((base) => `× ${base}`),
  ];
  const cells = (row: Row): string[] => [
    row.contender,
    ...measures.map((measure) => printSpread(valueOf(row, measure), MEASURES[measure].digits)),
    ...bases.map((base) =>
      row.contender === base || first === undefined
        ? ''
        : printSpread(ratioOf(row, rowOf(result, base), first), 2),
    ),
  ];
  return [
    `${result.title}\n`,
    lineUp([heads, ...result.rows.map(cells)]),
    ...result.notes.map((note) => `  ${note}\n`),
    '\n',
  ].join('');
};

/** The goals as a table, each met, missed or not measured. */
export const printGoals = (goals: readonly Goal[]): string => {
  const limit = (goal: Goal, of: number | undefined): string =>
    of === undefined ? '' : `${goal.isMoreBetter ? '≥' : '≤'} ${of}${goal.unit}  ${judge(goal, of) ?? ''}`;
  return `Goals: floor, below which it would not do, and aim\n${lineUp([
    ['', 'measured', 'floor', 'aim'],
    ...goals.map((goal) => [
      goal.what,
      printSpread(goal.measured, 2),
      limit(goal, goal.floor),
      limit(goal, goal.aim),
    ]),
  ])}`;
};

/** How long a case took. */
export interface Spent {
  readonly name: string;
  readonly seconds: number;
}

/** Where the time went, the longest first. */
export const printSpent = (spent: readonly Spent[]): string =>
  [...spent]
    .sort((one, other) => other.seconds - one.seconds)
    .map(({ name, seconds }) => `${name} ${seconds}`)
    .join(', ');

/** `median (least–most)`, or `number (once)` where it was taken once; `-` of nothing. */
export const printSpread = (spread: Spread | undefined, digits: number): string => {
  if (spread === undefined) return '-';
  const { median, least, most, isOnce } = spread;
  const write = (number: number): string =>
    number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (isOnce === true) return `${write(median)} (once)`;
  return least === most ? write(median) : `${write(median)} (${write(least)}–${write(most)})`;
};

/** Columns as wide as their widest cell: the first to the left, figures to the right. */
const lineUp = (rows: readonly (readonly string[])[]): string => {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? '').length)),
  );
  return rows
    .map(
      (row) =>
        `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')}`.trimEnd() +
        '\n',
    )
    .join('');
};
