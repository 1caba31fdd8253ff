import {
  ago,
  count,
  milliseconds,
  notRead,
  percent,
  rate,
  receiptWords,
  seconds,
  span,
} from '../../public/dashboard-words.js';
import type { Row } from '../dashboard/row.ts';
import type { Status } from '../dashboard/status.ts';
import { plain } from './plain.ts';
import { table } from './table.ts';

/** A column: its head, and what stands in it. */
interface Column {
  readonly head: string;
  readonly cell: (row: Row, now: number) => string;
  /** only a running primary knows */
  readonly isOfVisits?: true;
}

const COLUMNS: readonly Column[] = [
  { head: 'SECONDARY', cell: ({ id }) => shown(id) },
  { head: 'ADDRESS', cell: ({ address }) => shown(address) },
  { head: 'STATE', cell: (row, now) => stateOf(row, now) },
  { head: 'HEALTH', cell: ({ health }) => health },
  { head: 'FOR', cell: ({ since }, now) => (since === null ? '-' : span(now - Date.parse(since))) },
  {
    head: 'WEIGHT',
    cell: ({ weight, warmth }) => (warmth < 1 ? `${String(weight)} × ${percent(warmth)}` : String(weight)),
  },
  { head: 'WANTED', cell: ({ share }) => percent(share.wanted) },
  {
    head: 'GIVEN',
    cell: ({ share }) => (share.given === null ? '-' : percent(share.given)),
    isOfVisits: true,
  },
  { head: 'RATE', cell: ({ visits }) => `${rate(visits.perSecond)}/s`, isOfVisits: true },
  { head: 'NEW', cell: ({ visits }) => count(visits.chosen), isOfVisits: true },
  { head: 'BACK', cell: ({ visits }) => count(visits.kept), isOfVisits: true },
  { head: 'BOUND', cell: ({ bound }) => count(bound), isOfVisits: true },
  { head: 'LOAD', cell: (row, now) => loadOf(row, now) },
  { head: 'LAST CHECK', cell: (row, now) => checkOf(row, now) },
];

const RED = '\x1b[31m';
const YELLOW = '\x1b[33m';
const BOLD = '\x1b[1m';
const PLAIN = '\x1b[0m';

/** The widest that a text from outside may be. */
const WIDEST = 100;

/** The status as one reads it in a terminal. */
export const printStatus = (status: Status, { color }: { readonly color: boolean }): string => {
  const paint = painting({ color });
  return [
    paint(BOLD, shown(status.headline.words)),
    shown(summaryOf(status)),
    ...(status.receipts === undefined ? [] : [receiptWords(status.receipts)]),
    '',
    ...rowsOf(status, COLUMNS, paint),
    ...mistakesOf(status).map((line) => paint(YELLOW, line)),
    ...complaintsOf(status),
    '',
  ].join('\n');
};

/** The same of the files, where no Usher runs: without what only a running one knows. */
export const printFiled = (
  status: Status,
  { color, trouble }: { readonly color: boolean; readonly trouble: { readonly message: string } },
): string => {
  const paint = painting({ color });
  return [
    paint(BOLD, shown(trouble.message)),
    `${shown(status.news.words)}${status.news.ageMs === null ? '' : `: ${shown(status.headline.words)}`}`,
    '',
    ...rowsOf(
      status,
      COLUMNS.filter(({ isOfVisits }) => isOfVisits !== true),
      paint,
    ),
    '',
  ].join('\n');
};

type Paint = (style: string, line: string) => string;

const painting =
  ({ color }: { readonly color: boolean }): Paint =>
  (style, line) =>
    color && style !== '' ? `${style}${line}${PLAIN}` : line;

const rowsOf = ({ at, secondaries }: Status, columns: readonly Column[], paint: Paint): readonly string[] => {
  const now = Date.parse(at);
  const [heads = '', ...lines] = table(
    columns.map(({ head }) => head),
    secondaries.map((row) => columns.map(({ cell }) => cell(row, now))),
  )
    .trimEnd()
    .split('\n');
  return [paint(BOLD, heads), ...lines.map((line, index) => paint(styleOf(secondaries[index]), line))];
};

const shown = (text: string): string => {
  const words = plain(text);
  return words.length <= WIDEST ? words : `${words.slice(0, WIDEST - 1)}…`;
};

const summaryOf = ({ version, news, visits }: Status): string => {
  const sent = visits.chosen + visits.kept;
  return [
    `Usher ${version}`,
    `${news.words}${news.ageMs === null ? '' : `, news ${seconds(news.ageMs)} old`}`,
    `${rate(visits.perSecond)} visits a second`,
    `${count(sent)} sent on`,
    ...(visits.none === 0 ? [] : [`${count(visits.none)} nobody could take`]),
  ].join(' · ');
};

const WISHES: Readonly<Record<NonNullable<Row['ownWish']>['state'], string>> = {
  drain: 'leaving',
  maintenance: 'maintenance by its own wish',
  down: 'down by its own wish',
};

/** What the operator wants of it, who says so if not the list, and how much longer. */
const stateOf = ({ role, state, until, takenOutBy, ownWish }: Row, now: number): string =>
  [
    takenOutBy === undefined ? state : `${state} by a file`,
    ...(ownWish === undefined ? [] : [`${WISHES[ownWish.state]} (${shown(ownWish.because)})`]),
    ...(role === 'backup' ? ['backup'] : []),
    ...(until === undefined ? [] : [`${span(Date.parse(until) - now)} more`]),
  ].join(', ');

/** What it says of its load, how long ago, and why no longer: an old number must not pass for a new one. */
const loadOf = (row: Row, now: number): string => {
  const { load } = row;
  const trouble = shown(notRead(row));
  const words = shown(load?.words ?? '') || (load === undefined || trouble === '' ? '' : 'a report');
  const when = words === '' || !load?.at ? '' : ago(now - Date.parse(load.at));
  return [words, when, trouble].filter((part) => part !== '').join(', ') || '-';
};

const checkOf = ({ check }: Row, now: number): string => {
  if (check === undefined) return 'not asked yet';
  const when = check.at === null ? '' : `, ${ago(now - Date.parse(check.at))}`;
  if (check.ok) return `${milliseconds(check.tookMs)}${when}`;
  const run = check.inARow > 1 ? `, ${String(check.inARow)} in a row` : '';
  return `${check.words}${run}${when}${check.detail === undefined ? '' : ` (${shown(check.detail)})`}`;
};

const styleOf = (row: Row | undefined): string => {
  if (row?.health === 'down') return RED;
  return row?.usable === false ? YELLOW : '';
};

const mistakesOf = ({ config }: Status): readonly string[] =>
  config.mistakes.length === 0
    ? []
    : ['', 'The config file has mistakes; the last good one stays in force:', ...config.mistakes.map(shown)];

/** So many networks are printed; `--json` has the others. */
const MOST_COMPLAINTS = 5;

const complaintsOf = ({ complaints }: Status): readonly string[] =>
  complaints.length === 0
    ? []
    : [
        '',
        'Visitors for whom a secondary did not work:',
        ...complaints
          .slice(0, MOST_COMPLAINTS)
          .map(({ secondary, by, network, count: times }) =>
            shown(`  ${secondary}  ${network}  ${count(times)} × ${by}`),
          ),
      ];
