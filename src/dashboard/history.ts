import type { Instant } from '../model/clock.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import type { Counts } from './counts.ts';
import { createRing, type Series } from './ring.ts';
import { createRings } from './rings.ts';

/** Seconds that the charts look back. */
export const LOOK_BACK = 300;

/** More lines than this nobody can tell apart. */
const LINES = 8;

/** Seconds after which the busiest are chosen anew where there are more than eight. */
const CHOOSE_ANEW_EVERY = 60;

/** How busy each secondary was lately. */
export interface Rates {
  /** visitors sent there a second, mean of the last 5 */
  readonly perSecond: (id: Id) => number;
  /** its share of the new visitors of the last minute; `undefined` when there were none */
  readonly givenShare: (id: Id) => number | undefined;
  /** visitors a second of all together, mean of the last 5 */
  readonly perSecondOfAll: () => number;
}

/** The newest point of every line. */
export interface ChartPoint {
  /** another number: the lines changed, ask for the charts anew */
  readonly edition: number;
  readonly visits: readonly number[];
  /** `null`: nothing was measured */
  readonly answers: readonly (number | null)[];
  readonly newsAgeMs: number | null;
}

/** The lines of the charts, one point a second, oldest first. */
export interface Charts {
  readonly edition: number;
  readonly lookBack: number;
  readonly visits: readonly { readonly name: string; readonly points: readonly number[] }[];
  readonly answers: readonly { readonly name: string; readonly points: readonly (number | null)[] }[];
  readonly newsAgeMs: readonly (number | null)[];
}

/** What one second looked like. */
export interface Sample {
  readonly pool: PoolSnapshot;
  readonly counts: Counts;
  /** in the order of the config */
  readonly ids: readonly Id[];
  readonly newsAgeMs: number | undefined;
  readonly now: Instant;
}

export interface History extends Rates {
  /** Takes down one second; called once in each. */
  readonly sample: (sample: Sample) => void;
  readonly charts: () => Charts;
  readonly point: () => ChartPoint;
}

/** Seconds of new visitors that a share is of. */
const SHARE_OF = 60;

const OTHERS = 'others';

/** Keeps the last five minutes, second by second, in bounded memory. */
export const createHistory = (): History => {
  const visitsOf = createRings(LOOK_BACK);
  const chosenLately = createRings(SHARE_OF);
  const answersOf = createRings(LOOK_BACK);
  let before: { counts: Counts; now: Instant } | undefined;
  let shown: readonly Id[] = [];
  let ids: readonly Id[] = [];
  let edition = 0;
  let seconds = 0;
  const all = createRing(LOOK_BACK);
  const allChosen = createRing(LOOK_BACK);
  const newsAge = createRing(LOOK_BACK);
  const median = createRing(LOOK_BACK);
  const slowest = createRing(LOOK_BACK);

  const chooseShown = (next: readonly Id[]): void => {
    const isSame = next.length === ids.length && next.every((id, index) => id === ids[index]);
    const isDue = next.length > LINES && seconds % CHOOSE_ANEW_EVERY === 1;
    ids = next;
    if (isSame && !isDue) return;
    const busiest = next.length <= LINES ? next : busiestOf(next, visitsOf.of).slice(0, LINES - 1);
    if (busiest.length === shown.length && busiest.every((id, index) => id === shown[index])) return;
    shown = busiest;
    edition += 1;
  };

  const sample = ({ pool, counts, ids: next, newsAgeMs, now }: Sample): void => {
    const elapsed = before === undefined ? 1 : Math.max(0.001, (now - before.now) / 1000);
    const earlier = before?.counts ?? counts;
    before = { counts, now };
    seconds += 1;
    const took = new Float64Array(next.length);
    let answered = 0;
    const visits = new Float64Array(next.length);
    const chosen = new Float64Array(next.length);
    const answers = new Float64Array(next.length);
    let sum = 0;
    let sumChosen = 0;
    for (const [row, id] of next.entries()) {
      // The counts of an id begin at 0 again when it is taken out of the list and put back: that is no negative rate.
      const is = counts.bySecondary.get(id) ?? NOBODY;
      const was = earlier.bySecondary.get(id) ?? NOBODY;
      const came = Math.max(0, is.chosen + is.kept - was.chosen - was.kept) / elapsed;
      const cameAnew = Math.max(0, is.chosen - was.chosen);
      const outcome = pool.standings.get(id)?.verdict.evidence?.outcome;
      const answer = outcome?.ok === true ? outcome.tookMs : Number.NaN;
      visits[row] = came;
      chosen[row] = cameAnew;
      answers[row] = answer;
      if (!Number.isNaN(answer)) {
        took[answered] = answer;
        answered += 1;
      }
      sum += came;
      sumChosen += cameAnew;
    }
    if (next !== ids) visitsOf.list(next);
    visitsOf.push(visits);
    if (next !== ids) chosenLately.list(next);
    chosenLately.push(chosen);
    // Of a longer list only the median and the slowest are drawn.
    answersOf.list(next.length <= LINES ? next : []);
    answersOf.push(answers);
    all.push(sum);
    allChosen.push(sumChosen);
    newsAge.push(newsAgeMs ?? Number.NaN);
    // as numbers in one piece: of ten thousand a comparison for each pair takes some milliseconds of every second
    took.subarray(0, answered).sort();
    median.push(took[Math.floor((answered - 1) / 2)] ?? Number.NaN);
    slowest.push(took[answered - 1] ?? Number.NaN);
    chooseShown(next);
  };

  const answerLines = (): readonly { name: string; ring: Series }[] =>
    ids.length <= LINES
      ? ids.flatMap((id) => named(id, answersOf.of(id)))
      : [
          { name: 'median', ring: median },
          { name: 'slowest', ring: slowest },
        ];

  const visitLines = (length: number) => {
    const lines = shown
      .flatMap((id) => named(id, visitsOf.of(id)))
      .map(({ name, ring }) => ({
        name,
        // A secondary that joined late has fewer points: they belong to the right end.
        points: padded(ring.last(length), Math.min(length, seconds)),
      }));
    if (ids.length <= LINES) return lines;
    const points = all.last(length).map((sum, index) =>
      Math.max(
        0,
        lines.reduce((rest, line) => rest - (line.points[index] ?? 0), sum),
      ),
    );
    return [...lines, { name: OTHERS, points }];
  };

  return {
    sample,
    perSecond: (id) => visitsOf.of(id)?.mean(5) ?? 0,
    perSecondOfAll: () => all.mean(5),
    givenShare: (id) => {
      const whole = allChosen.sum(SHARE_OF);
      return whole === 0 ? undefined : Math.min(1, (chosenLately.of(id)?.sum(SHARE_OF) ?? 0) / whole);
    },
    charts: () => ({
      edition,
      lookBack: LOOK_BACK,
      visits: visitLines(LOOK_BACK).map(({ name, points }) => ({ name, points: points.map(tenths) })),
      answers: answerLines().map(({ name, ring }) => ({
        name,
        points: padded(ring.last(LOOK_BACK), Math.min(LOOK_BACK, seconds), Number.NaN).map(orNull),
      })),
      newsAgeMs: newsAge.last(LOOK_BACK).map(orNull),
    }),
    point: () => ({
      edition,
      visits: visitLines(1).map(({ points }) => tenths(points[0] ?? 0)),
      answers: answerLines().map(({ ring }) => orNull(ring.last(1)[0])),
      newsAgeMs: orNull(newsAge.last(1)[0]),
    }),
  };
};

const NOBODY = { chosen: 0, kept: 0 };

const busiestOf = (ids: readonly Id[], visitsOf: (id: Id) => Series | undefined): readonly Id[] => {
  const sums = new Map(ids.map((id) => [id, visitsOf(id)?.sum(LOOK_BACK) ?? 0]));
  return ids.toSorted((one, other) => (sums.get(other) ?? 0) - (sums.get(one) ?? 0));
};

const named = (name: string, ring: Series | undefined): readonly { name: string; ring: Series }[] =>
  ring === undefined ? [] : [{ name, ring }];

const padded = (points: readonly number[], length: number, filler = 0): readonly number[] => [
  ...Array.from({ length: Math.max(0, length - points.length) }, () => filler),
  ...points,
];

const tenths = (value: number): number => Math.round(value * 10) / 10;

const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : tenths(value);
