import { ago, count, milliseconds, percent, rate, seconds, span } from '../../public/dashboard-words.js';
import type { Row } from '../dashboard/row.ts';
import type { Status } from '../dashboard/status.ts';
import { table } from './table.ts';

const HEADS = [
  ...['SECONDARY', 'ADDRESS', 'STATE', 'HEALTH', 'FOR', 'WEIGHT', 'WANTED', 'GIVEN'],
  ...['RATE', 'NEW', 'BACK', 'LOAD', 'LAST CHECK'],
];

const RED = '\x1b[31m';
const YELLOW = '\x1b[33m';
const BOLD = '\x1b[1m';
const PLAIN = '\x1b[0m';

/** The widest that a text from outside may be. */
const WIDEST = 100;

/** The status as one reads it in a terminal. */
export const printStatus = (status: Status, { color }: { readonly color: boolean }): string => {
  const paint = (style: string, line: string): string =>
    color && style !== '' ? `${style}${line}${PLAIN}` : line;
  const now = Date.parse(status.at);
  const [heads = '', ...lines] = table(
    HEADS,
    status.secondaries.map((row) => cellsOf(row, now)),
  )
    .trimEnd()
    .split('\n');
  return [
    paint(BOLD, shown(status.headline.words)),
    shown(summaryOf(status)),
    '',
    paint(BOLD, heads),
    ...lines.map((line, index) => paint(styleOf(status.secondaries[index]), line)),
    ...mistakesOf(status).map((line) => paint(YELLOW, line)),
    ...complaintsOf(status),
    '',
  ].join('\n');
};

/** Words from outside must not move the cursor or pretend to be other lines. */
const shown = (text: string): string => {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, '?');
  return plain.length <= WIDEST ? plain : `${plain.slice(0, WIDEST - 1)}…`;
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

const cellsOf = (row: Row, now: number): readonly string[] => [
  shown(row.id),
  shown(row.address),
  row.role === 'backup' ? `${row.state}, backup` : row.state,
  row.health,
  row.since === null ? '-' : span(now - Date.parse(row.since)),
  row.warmth < 1 ? `${String(row.weight)} × ${percent(row.warmth)}` : String(row.weight),
  percent(row.share.wanted),
  row.share.given === null ? '-' : percent(row.share.given),
  `${rate(row.visits.perSecond)}/s`,
  count(row.visits.chosen),
  count(row.visits.kept),
  row.load === undefined ? '-' : shown(row.load.words) || '-',
  checkOf(row, now),
];

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
