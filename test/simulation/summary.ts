import type { Result } from './measure.ts';
import { RULES, type RuleName } from './rules.ts';
import { STUDIES, type StudyName } from './scenarios.ts';
import type { Finding } from './task.ts';

/** What a rule showed in a situation: means over the seeds of figures on the same visitors. */
export interface Figures {
  readonly rule: RuleName;
  readonly title: string;
  /** how many seeds these are means over */
  readonly seeds: number;
  /** mean slowdown over that of the bound, and the standard error of it */
  readonly mean: number;
  readonly error: number;
  readonly p95: number;
  readonly p99: number;
  /** mean slowdown over that of smooth weighted round robin */
  readonly turns: number;
  readonly herd: number;
  /** mean slowdown itself */
  readonly slowdown: number;
  /** visitors lost in an outage, where there are any */
  readonly lost?: { readonly mean: number; readonly most: number };
  /** p99 of a newcomer's first three minutes over the farm's, where there is one */
  readonly newcomer?: number;
}

/** One situation with all its rules. */
export interface Summary {
  readonly study: StudyName;
  readonly title: string;
  readonly rules: readonly Figures[];
}

/** Sums up what was found, in the order of the studies. */
export const summarize = (findings: readonly Finding[]): readonly Summary[] => {
  const byStudy = Map.groupBy(findings, ({ study }) => study);
  return [...byStudy].map(([study, of]) => ({
    study,
    title: STUDIES[study].title,
    rules: STUDIES[study].rules.map((rule) => figuresOf(rule, of)).filter((one) => one !== undefined),
  }));
};

const figuresOf = (rule: RuleName, findings: readonly Finding[]): Figures | undefined => {
  const runs = findings.flatMap(({ results }) => {
    const by = new Map(results);
    const it = by.get(rule);
    return it === undefined ? [] : [{ it, bound: by.get('bound')!, turns: by.get('turns')! }];
  });
  if (runs.length === 0) return undefined;
  const over = (read: (run: (typeof runs)[number]) => number): number => meanOf(runs.map(read));
  const ratios = runs.map(({ it, bound }) => it.mean / bound.mean);
  const lost = runs.flatMap(({ it }) => it.lost);
  const newcomer = over(({ it }) => it.newcomerP99 / it.p99);
  return {
    rule,
    title: RULES[rule].title,
    seeds: runs.length,
    mean: meanOf(ratios),
    error: standardError(ratios),
    p95: over(({ it, bound }) => it.p95 / bound.p95),
    p99: over(({ it, bound }) => it.p99 / bound.p99),
    turns: over(({ it, turns }) => it.mean / turns.mean),
    herd: over(({ it }) => it.herd),
    slowdown: over(({ it }) => it.mean),
    ...(lost.length > 0 && { lost: { mean: meanOf(lost), most: Math.max(...lost) } }),
    ...(hasNewcomer(runs.map(({ it }) => it)) && { newcomer }),
  };
};

const hasNewcomer = (results: readonly Result[]): boolean =>
  results.every(({ newcomerP99, lost }) => Number.isFinite(newcomerP99) && lost.length === 0);

const meanOf = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;

const standardError = (list: readonly number[]): number => {
  if (list.length < 2) return NaN;
  const mean = meanOf(list);
  const squares = list.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return Math.sqrt(squares / (list.length - 1) / list.length);
};
