import { rowOf, valueOf, type CaseResult, type Measure } from './result.ts';

/** One group of bars. */
interface Panel {
  readonly title: string;
  readonly bars: readonly {
    readonly name: string;
    readonly value: number;
    readonly least: number;
    readonly most: number;
  }[];
  readonly digits: number;
}

interface Wanted {
  readonly of: string;
  readonly measure: Measure;
  readonly title: string;
  readonly digits: number;
}

const WANTED: readonly Wanted[] = [
  { of: 'keep-alive', measure: 'perSecond', title: 'Redirects a second on one core, keep-alive', digits: 0 },
  {
    of: 'per-visit',
    measure: 'perSecond',
    title: 'Redirects a second on one core, one connection a visit',
    digits: 0,
  },
  {
    of: 'whole-visit',
    measure: 'visitsPerSecond',
    title: 'Whole visits a second that one core of the front is enough for (a page, 20 assets of 50 KB)',
    digits: 0,
  },
];

const WIDTH = 760;
const NAMES = 130;
const BAR = 18;
const STEP = 26;
const FIGURES = 80;

/** The main cases as bars, for the README; `undefined` where none of them was run. Readable on light and dark. */
export const drawChart = (results: readonly CaseResult[]): string | undefined => {
  const panels = WANTED.flatMap((wanted) => panelOf(results, wanted) ?? []);
  if (panels.length === 0) return undefined;
  let y = 8;
  const parts: string[] = [];
  for (const panel of panels) {
    y += 22;
    parts.push(`<text class="title" x="0" y="${y}">${escape(panel.title)}</text>`);
    y += 12;
    const most = Math.max(...panel.bars.map((bar) => bar.most));
    const long = (value: number): number => (value / most) * (WIDTH - NAMES - FIGURES);
    for (const { name, value, least, most: highest } of panel.bars) {
      const middle = y + BAR / 2;
      const kind = name === 'usher' ? 'own' : 'other';
      parts.push(
        `<text class="name" x="${NAMES - 10}" y="${middle + 5}">${escape(name)}</text>`,
        `<rect class="${kind}" x="${NAMES}" y="${y}" width="${long(value).toFixed(1)}" height="${BAR}" rx="2"/>`,
        `<path class="spread" d="M${(NAMES + long(least)).toFixed(1)} ${middle}H${(NAMES + long(highest)).toFixed(1)}"/>`,
        `<text class="figure" x="${(NAMES + long(highest) + 8).toFixed(1)}" y="${middle + 5}">${figure(value, panel.digits)}</text>`,
      );
      y += STEP;
    }
    y += 10;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="${escape(panels.map(({ title }) => title).join('; '))}">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 }
  .name { text-anchor: end }
  .own { fill: #1a7f5a }
  .other { fill: #9aa4ae }
  .spread { stroke: #24292f; stroke-width: 1.5; opacity: .55 }
  @media (prefers-color-scheme: dark) {
    text { fill: #d7dde3 }
    .own { fill: #3fb68b }
    .other { fill: #5d6872 }
    .spread { stroke: #d7dde3 }
  }
</style>
${parts.join('\n')}
</svg>
`;
};

const panelOf = (
  results: readonly CaseResult[],
  { of, measure, title, digits }: Wanted,
): Panel | undefined => {
  const result = results.find(({ name }) => name === of);
  const bars = (result?.rows ?? [])
    .flatMap(({ contender }) => {
      const spread = valueOf(rowOf(result, contender), measure);
      if (spread === undefined) return [];
      return { name: contender, value: spread.median, least: spread.least, most: spread.most };
    })
    .sort((one, other) => other.value - one.value);
  return bars.length === 0 ? undefined : { title, bars, digits };
};

const figure = (value: number, digits: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits });

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
