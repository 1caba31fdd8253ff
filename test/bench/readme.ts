import { judge, type Goal } from './goals.ts';
import { printSpread } from './report.ts';

/** Between which marks a run's goals stand. */
const MARKS = {
  bench: { begin: '<!-- bench: written by "npm run bench -- --readme" -->', end: '<!-- /bench -->' },
  dashboard: {
    begin: '<!-- bench:dashboard: written by "npm run bench:dashboard -- --readme" -->',
    end: '<!-- /bench:dashboard -->',
  },
} as const;

const CHART_SHOWS = 'Redirects and whole visits a second on one core, Usher beside other servers';

interface Told {
  readonly goals: readonly Goal[];
  /** what it was measured on, and how */
  readonly machine: string;
  readonly run?: keyof typeof MARKS;
}

/** A README with the goals of this run between its two marks; `undefined` where it has none. */
export const withGoals = (readme: string, { goals, machine, run = 'bench' }: Told): string | undefined => {
  const { begin, end } = MARKS[run];
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from === -1 || to < from) return undefined;
  const chart = run === 'bench' ? `![${CHART_SHOWS}](ops/bench.svg)\n\n` : '';
  const told = `${chart}${tableOf(goals)}\n${wrapped(machine)}`;
  return `${readme.slice(0, from + begin.length)}\n\n${told}\n\n${readme.slice(to)}`;
};

const tableOf = (goals: readonly Goal[]): string => {
  const rows = goals.flatMap((goal) => {
    const limit = goal.aim ?? goal.floor;
    if (limit === undefined) return [];
    return [
      [
        goal.what,
        printSpread(goal.measured, goal.unit === ' ×' ? 2 : 1),
        `${goal.isMoreBetter ? '≥' : '≤'} ${limit}${goal.unit}`,
        judge(goal, limit) ?? '',
      ],
    ];
  });
  const cells = [['', 'median (least–most)', 'to reach', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const [head = [], ...rest] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('');
};

/** As prettier would have it, so that writing it anew changes nothing else. */
const MOST_COLUMNS = 118;

const wrapped = (text: string): string => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= MOST_COLUMNS)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
};
