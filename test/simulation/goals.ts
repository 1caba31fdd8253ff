import type { Choosing } from './choosing.ts';
import type { RuleName } from './rules.ts';
import type { StudyName } from './scenarios.ts';
import type { Figures, Summary } from './summary.ts';

/** A figure that is to be reached: the measured one may not be more than the limit. */
export interface Goal {
  readonly title: string;
  readonly limit: number;
  readonly measured: number;
  readonly isMet: boolean;
  /** what others reach, or where it is worst */
  readonly beside: string;
}

/** What a goal is measured on. */
export interface Measured {
  readonly summaries: readonly Summary[];
  /** by balance */
  readonly choosing: readonly Choosing[];
  /** by every other policy; absent: not timed */
  readonly others?: readonly Choosing[];
}

/** Ours, with whatever reports and probes. */
export const OURS: readonly RuleName[] = [
  'balance',
  'balance+1',
  'balance+2',
  'balance-nginx',
  'balance-nginx+1',
  'balance-apache',
  'balance-apache+1',
];

/** Those of ours that ask anew after each visit. */
const PROBING = OURS.filter((rule) => /\+\d$/.test(rule));

/** What was measured: NaN where a run shows nothing; absent where it was no part of the run. */
type Measurement = number | undefined;

/** The goals of the parts that were run. What a run was to show and does not is missed. */
export const goalsOf = ({ summaries, choosing, others = [] }: Measured): readonly Goal[] => {
  const find = (study: StudyName, rule: RuleName): Figures | undefined =>
    summaries.find((one) => one.study === study)?.rules.find((one) => one.rule === rule);
  const figure = (study: StudyName, rule: RuleName, key: 'mean' | 'p99' | 'turns' | 'herd'): Measurement =>
    find(study, rule)?.[key];
  /** A figure that not every study has, of rules that ran in this one. */
  const figures = (
    study: StudyName,
    rules: readonly RuleName[],
    read: (of: Figures) => Measurement,
  ): readonly number[] =>
    rules.flatMap((rule) => {
      const found = find(study, rule);
      return found === undefined ? [] : [read(found) ?? NaN];
    });
  const beside = (study: StudyName, rules: readonly RuleName[], key: 'mean' | 'p99' | 'herd'): string =>
    rules.map((rule) => `${SHORT[rule] ?? rule} ${shown(figure(study, rule, key))}`).join(', ');
  const mean = (
    title: string,
    limit: number,
    [study, rule]: readonly [StudyName, RuleName],
  ): readonly Goal[] =>
    goal(title, { limit, measured: figure(study, rule, 'mean') }, beside(study, PEERS, 'mean'));
  const fault = (title: string, study: StudyName): readonly Goal[] =>
    goal(
      `${title}: mean, over smooth weighted round robin`,
      { limit: 1.2, measured: worst(figures(study, OURS, ({ turns }) => turns)) },
      `least of the file ${shown(figure(study, 'least-running', 'turns'))}`,
    );
  const sinkhole = (title: string, study: StudyName): readonly Goal[] => {
    const byTurns = find(study, 'turns')?.lost?.mean ?? NaN;
    const overTurns = (...rules: readonly RuleName[]): Measurement =>
      worst(figures(study, rules, ({ lost }) => (lost?.mean ?? NaN) / byTurns));
    return goal(
      `${title}: visitors it gets, over smooth weighted round robin`,
      { limit: 1.2, measured: overTurns(...OURS) },
      `least of the file ${shown(overTurns('least-running'))}, the bound ${shown(overTurns('bound'))}`,
    );
  };
  const worstTurns = worstAgainstTurns(summaries);

  return [
    mean('file of every 40 s: mean', 1.28, ['main', 'balance']),
    goal(
      'file of every 40 s: p99',
      { limit: 1.6, measured: figure('main', 'balance', 'p99') },
      beside('main', PEERS, 'p99'),
    ),
    mean('file of every 5 s: mean', 1.2, ['every5', 'balance']),
    mean('one probe after each visit: mean', 1.12, ['main', 'balance+1']),
    mean('two probes: mean', 1.09, ['main', 'balance+2']),
    mean('four dispatchers: mean', 1.33, ['four', 'balance']),
    mean('four, one with 70 % of the visitors: mean', 1.33, ['skewed', 'balance']),
    mean('four dispatchers, two probes: mean', 1.16, ['four', 'balance+2']),
    mean('weights unknown: mean', 1, ['unknown', 'balance']),
    mean('one secondary at 35 %: mean', 1.2, ['degraded', 'balance']),
    goal(
      'worst of all situations: mean, over smooth weighted round robin',
      { limit: 1.03, measured: worstTurns.measured },
      worstTurns.where,
    ),
    fault('one says 0', 'liar'),
    fault('the fastest says 0', 'liar2'),
    fault('one says NaN and 1e9', 'nonsense'),
    fault('one says it has done twice as much', 'twice'),
    fault('a slow one says it has done five times as much', 'fivefold'),
    fault('one says it was busy half as long', 'idler'),
    fault('the file is frozen', 'frozen'),
    fault('the reports of the fastest come and go', 'mute'),
    fault('the reports of one of two come and go', 'mute2'),
    sinkhole('the fastest answers nothing but errors', 'sinkhole'),
    sinkhole('the same, and it counts its errors as done', 'sinkhole3'),
    sinkhole('one answers nothing but errors, who gets one tries on', 'sinkhole2'),
    goal(
      'herd index',
      { limit: 1.12, measured: figure('main', 'balance', 'herd') },
      beside('main', PEERS, 'herd'),
    ),
    goal(
      'a death, with probes: visitors lost, mean',
      { limit: 3, measured: worst(figures('death', PROBING, ({ lost }) => lost?.mean)) },
      `most ${shown(worst(figures('death', PROBING, ({ lost }) => lost?.most)))}; file only ${shown(find('death', 'balance')?.lost?.mean)}, round robin ${shown(find('death', 'turns')?.lost?.mean)}`,
    ),
    goal(
      "a newcomer's first three minutes: mean of p99, over the farm's",
      { limit: 1, measured: worst(figures('newcomer', OURS, ({ newcomer }) => newcomer)) },
      `round robin ${shown(find('newcomer', 'turns')?.newcomer)}, last report + own ${shown(find('newcomer', 'own-sessions')?.newcomer)}`,
    ),
    ...choosing.flatMap(({ secondaries, rates }) =>
      goal(
        `choosing among ${secondaries.toLocaleString('en')}, at the worst rate of visits: p99 in µs`,
        { limit: secondaries > 1000 ? 100 : 10, measured: worst(rates.map(({ p99 }) => p99)) },
        `${rates.map(({ betweenMs, p50, p99 }) => `every ${betweenMs} ms ${shown(p99)} (median ${shown(p50)})`).join(', ')}; between visits at most ${shown(worst(rates.map(({ between }) => between.inASecond / 1000)))} ms in a second, in slices of ${shown(worst(rates.map(({ between }) => between.slice)))} µs (p99); on this machine, as busy as it is`,
      ),
    ),
    choosingByOthers(others),
  ].flat();
};

const choosingByOthers = (others: readonly Choosing[]): readonly Goal[] => {
  const worsts = others.map(({ policy, rates }) => ({
    policy,
    p99: worst(rates.map(({ p99 }) => p99)) ?? NaN,
  }));
  return others
    .slice(0, 1)
    .flatMap(({ secondaries, rates }) =>
      goal(
        `choosing among ${secondaries.toLocaleString('en')}, by any other policy, at the worst rate of visits: p99 in µs`,
        { limit: 100, measured: worst(worsts.map(({ p99 }) => p99)) },
        `${worsts.map(({ policy, p99 }) => `${policy} ${shown(p99)}`).join(', ')}; a visitor every ${rates.map(({ betweenMs }) => betweenMs).join(' and ')} ms, on this machine, as busy as it is`,
      ),
    );
};

const PEERS: readonly RuleName[] = ['turns', 'least-running', 'live-running'];
const SHORT: Partial<Record<RuleName, string>> = {
  turns: 'round robin',
  'least-running': 'least of the file',
  'live-running': 'live least',
};

const goal = (
  title: string,
  { limit, measured }: { readonly limit: number; readonly measured: Measurement },
  beside: string,
): readonly Goal[] =>
  measured === undefined ? [] : [{ title, limit, measured, isMet: measured <= limit, beside }];

/** The largest; NaN as soon as one of them is. */
const worst = (list: readonly number[]): Measurement => (list.length === 0 ? undefined : Math.max(...list));

const worstAgainstTurns = (
  summaries: readonly Summary[],
): { readonly measured: Measurement; readonly where: string } => {
  const all = summaries.flatMap(({ study, rules }) =>
    rules.filter(({ rule }) => OURS.includes(rule)).map(({ rule, turns }) => ({ study, rule, turns })),
  );
  const measured = worst(all.map(({ turns }) => turns));
  const first = all.find(({ turns }) => Object.is(turns, measured));
  return { measured, where: first === undefined ? '' : `${first.rule} in ${first.study}` };
};

/** A measured figure beside its limit: in as many digits more as it takes to see that it is above. */
export const shownBeside = ({ measured, limit }: Goal): string =>
  measured > limit && Number(shown(measured)) <= Number(shown(limit)) ? measured.toFixed(3) : shown(measured);

/** A figure in as many digits as it deserves. */
export const shown = (figure: number | undefined): string => {
  if (figure === undefined || Number.isNaN(figure)) return '-';
  return Math.abs(figure) >= 10 ? figure.toFixed(0) : figure.toFixed(2);
};
