import { CHECKED } from './cases/checked.ts';
import { ratioOf, rowOf, valueOf, type CaseResult, type Measure, type Spread } from './result.ts';

/** Something that Usher is to reach, and what was measured of it. */
export interface Goal {
  readonly what: string;
  readonly measured: Spread | undefined;
  /** names of the cases that give it; absent: the run as a whole does */
  readonly of?: readonly string[];
  /** written behind a number */
  readonly unit: string;
  readonly isMoreBetter: boolean;
  /** Usher would be of no use below it */
  readonly floor?: number;
  /** what it is to be */
  readonly aim?: number;
}

/**
 * So many connections must come at first, and both times together, for figures that are judged. With 20,000 files for a
 * process, as many as some systems allow, 19,800 come.
 */
export const ENOUGH_CAME = { first: 10_000, both: 19_800 } as const;

export type Judgement = 'met' | 'missed' | 'not measured';

/** Whether what was measured reaches the limit; `undefined` where there is none. */
export const judge = ({ measured, isMoreBetter }: Goal, limit: number | undefined): Judgement | undefined => {
  if (limit === undefined) return undefined;
  if (measured === undefined) return 'not measured';
  return (isMoreBetter ? measured.median >= limit : measured.median <= limit) ? 'met' : 'missed';
};

/**
 * The goals of this trade with what the cases gave; those whose case was not run, or gave nothing, are not measured.
 *
 * @param tookSeconds how long the whole run took; absent: it was no whole run
 */
export const goalsOf = (results: readonly CaseResult[], tookSeconds?: number): readonly Goal[] => {
  const row = (name: string, contender: string) =>
    rowOf(
      results.find((result) => result.name === name),
      contender,
    );
  const ratio = (name: string, measure: Measure, [one, other]: readonly [string, string]) => ({
    of: [name],
    measured: ratioOf(row(name, one), row(name, other), measure),
  });
  const value = (name: string, measure: Measure, contender: string) => ({
    of: [name],
    measured: valueOf(row(name, contender), measure),
  });

  const rowOfOwn = (name: string) => row(name, 'usher');

  const times = { unit: ' ×', isMoreBetter: true } as const;
  const atMost = { unit: '', isMoreBetter: false } as const;
  const toNginx = ['usher', 'nginx'] as const;
  const toHaproxy = ['usher', 'haproxy'] as const;
  const isRoomy = results.find(({ name }) => name === 'threads')?.notes.length === 0;
  const came = (measure: 'came' | 'cameTwice', contender: string): number =>
    valueOf(row('memory', contender), measure)?.least ?? 0;
  const ofCrowd = (measure: Measure, contender: string) => ({
    ...value('memory', measure, contender),
    ...(came('came', contender) >= ENOUGH_CAME.first ? {} : { measured: undefined }),
  });
  const cameTwice = came('cameTwice', 'usher, two threads');
  const isCrowded = cameTwice >= ENOUGH_CAME.both;
  const crowd = isCrowded ? cameTwice : ENOUGH_CAME.both;
  const ofBothCrowds = (measure: Measure) => ({
    ...value('memory', measure, 'usher, two threads'),
    ...(isCrowded ? {} : { measured: undefined }),
  });
  return [
    {
      what: 'keep-alive, of what nginx answers',
      ...ratio('keep-alive', 'perSecond', toNginx),
      ...{ ...times, floor: 0.6, aim: 1 },
    },
    {
      what: 'keep-alive, of what HAProxy answers',
      ...ratio('keep-alive', 'perSecond', toHaproxy),
      ...{ ...times, aim: 1 },
    },
    {
      what: 'one connection a visit, of what nginx answers',
      ...ratio('per-visit', 'perSecond', toNginx),
      ...{ ...times, floor: 0.9, aim: 1 },
    },
    {
      what: 'one connection a visit, of what HAProxy answers',
      ...ratio('per-visit', 'perSecond', toHaproxy),
      ...{ ...times, aim: 1 },
    },
    {
      what: "CPU time of a redirect, of nginx's, keep-alive",
      ...ratio('keep-alive', 'cpuUs', toNginx),
      ...{ ...atMost, unit: ' ×', aim: 1.2 },
    },
    {
      what: "CPU time of a redirect, of nginx's, one connection a visit",
      ...ratio('per-visit', 'cpuUs', toNginx),
      ...{ ...atMost, unit: ' ×', aim: 1.2 },
    },
    {
      what: 'visits that broke in both, all rounds together',
      of: ['keep-alive', 'per-visit'],
      measured: sumOf([
        rowOfOwn('keep-alive')?.rounds.map(({ broken }) => broken),
        rowOfOwn('per-visit')?.rounds.map(({ broken }) => broken),
      ]),
      ...{ ...atMost, aim: 0 },
    },
    {
      what: "p99 at half load, of nginx's (rounds in which it was half)",
      ...ratio('keep-alive', 'p99Us', toNginx),
      ...{ ...atMost, unit: ' ×', aim: 1.3 },
    },
    {
      what: 'two threads, of what one answers (needs four processors)',
      ...ratio('threads', 'perSecond', ['two threads', 'one thread']),
      ...(isRoomy ? {} : { measured: undefined }),
      ...{ ...times, aim: 1.8 },
    },
    {
      what: 'CPU time of an answer with two threads, of that with one',
      ...ratio('threads', 'cpuUs', ['two threads', 'one thread']),
      ...{ ...atMost, unit: ' ×', aim: 1.1 },
    },
    {
      what: "whole visit: HAProxy's CPU time, as a multiple of Usher's",
      ...ratio('whole-visit', 'visitCpuUs', ['haproxy relaying', 'usher']),
      ...{ ...times, aim: 15 },
    },
    {
      what: "whole visit: nginx's CPU time, as a multiple of Usher's",
      ...ratio('whole-visit', 'visitCpuUs', ['nginx relaying', 'usher']),
      ...{ ...times, aim: 25 },
    },
    {
      what: 'a pool of 10,000, of what a pool of 2 answers (balance)',
      ...ratio('pool', 'perSecond', ['10000 secondaries', '2 secondaries']),
      ...{ ...times, aim: 0.9 },
    },
    {
      what: 'affinity on, of what is answered without (new visitors)',
      ...ratio('affinity', 'perSecond', ['on, new visitors', 'off']),
      ...{ ...times, aim: 0.9 },
    },
    {
      what: 'affinity on, of what is answered without (visitors who are back)',
      ...ratio('affinity', 'perSecond', ['on, visitors who are back', 'off']),
      ...{ ...times, aim: 0.9 },
    },
    {
      what: 'access log on, of what is answered without',
      ...ratio('access-log', 'perSecond', ['usher, on', 'usher, off']),
      ...{ ...times, aim: 0.9 },
    },
    {
      what: 'lines that were lost then, all rounds together',
      of: ['access-log'],
      measured: sumOf([row('access-log', 'usher, on')?.rounds.map(({ lostLines }) => lostLines)]),
      ...{ ...atMost, aim: 0 },
    },
    {
      what: 'CPU time of a receipt',
      ...value('receipts', 'cpuUs', 'a receipt'),
      ...{ ...atMost, unit: ' µs', aim: 50 },
    },
    {
      what: 'bytes an answer with the cookie',
      ...value('bytes', 'bytesWithCookie', 'usher'),
      ...{ ...atMost, aim: 300 },
    },
    {
      what: 'bytes an answer without the cookie',
      ...value('bytes', 'bytesWithout', 'usher'),
      ...{ ...atMost, aim: 190 },
    },
    {
      what: 'resident memory of a connection that waits',
      ...ofCrowd('connectionKb', 'usher, one thread'),
      ...{ ...atMost, unit: ' kB', aim: 6 },
    },
    {
      what: 'the same, of one that was handed to Node',
      ...ofCrowd('connectionKb', 'usher, one thread, handed to Node'),
      ...{ ...atMost, unit: ' kB', aim: 6 },
    },
    {
      what: `connections open at once, of ${crowd.toLocaleString('en')} that come (as many as files are allowed)`,
      ...ofBothCrowds('openTwice'),
      ...{ ...atMost, isMoreBetter: true, aim: crowd },
    },
    {
      what: 'the longest wait of 20 newcomers beside them',
      ...ofBothCrowds('newcomerTwiceMs'),
      ...{ ...atMost, unit: ' ms', aim: 20 },
    },
    {
      what: 'resident with two threads',
      ...value('memory', 'residentMb', 'usher, two threads'),
      ...{ ...atMost, unit: ' MB', floor: 90, aim: 80 },
    },
    {
      what: 'resident with two threads and the worker',
      ...value('memory', 'residentMb', 'usher, two threads and worker'),
      ...{ ...atMost, unit: ' MB', aim: 80 },
    },
    {
      what: 'p99 of choosing among 100, the slowest policy, nobody keeping it ready',
      of: ['policies'],
      measured: slowestChoice(results),
      ...{ ...atMost, unit: ' ns', floor: 20_000 },
    },
    {
      what: 'from the command to the first answer, two threads',
      ...value('start-up', 'firstAnswerMs', 'usher, two threads'),
      ...{ ...atMost, unit: ' ms', aim: 400 },
    },
    {
      what: 'the same with the worker',
      ...value('start-up', 'firstAnswerMs', 'usher, two threads and worker'),
      ...{ ...atMost, unit: ' ms', aim: 400 },
    },
    {
      what: 'checks a second of 10,000 with ping and load every 10 s',
      ...value('checked', 'checksPerSecond', CHECKED.many),
      ...{ ...times, unit: '', aim: 1900 },
    },
    {
      what: 'the worker of 10,000 that are checked every 10 s, of a core',
      ...value('checked', 'workerShare', CHECKED.many),
      ...{ ...atMost, unit: ' %', aim: 50 },
    },
    {
      what: 'the primary beside it, of a core, at 500 visits a second',
      ...value('checked', 'doorShare', CHECKED.many),
      ...{ ...atMost, unit: ' %', aim: 25 },
    },
    {
      what: 'p99 of a visit then, of that among 2 beside them',
      ...ratio('checked', 'modestP99Us', [CHECKED.many, CHECKED.few]),
      ...{ ...atMost, unit: ' ×', aim: 1.3 },
    },
    {
      what: 'length of the run',
      measured: sumOf([[tookSeconds]]),
      ...{ ...atMost, unit: ' s', aim: 600 },
    },
  ];
};

/** The goals that these cases are enough for, measured or not. */
export const goalsWithin = (
  goals: readonly Goal[],
  cases: readonly { readonly name: string }[],
): readonly Goal[] =>
  goals.filter(({ of }) => of?.every((name) => cases.some((each) => each.name === name)) === true);

/** What some rounds gave together; `undefined` where one of them gave nothing. */
const sumOf = (rows: readonly (readonly (number | undefined)[] | undefined)[]): Spread | undefined => {
  const all = rows.flatMap((each) => each ?? [undefined]);
  if (all.length === 0) return undefined;
  const sum = all.reduce<number>((total, each) => total + (each ?? NaN), 0);
  return Number.isFinite(sum) ? { median: sum, least: sum, most: sum } : undefined;
};

const slowestChoice = (results: readonly CaseResult[]): Spread | undefined => {
  const rows = results.find(({ name }) => name === 'policies')?.rows ?? [];
  const spreads = rows
    .filter(({ contender }) => contender.endsWith(' among 100'))
    .flatMap((row) => valueOf(row, 'aloneP99Ns') ?? []);
  const [slowest] = spreads.sort((one, other) => other.median - one.median);
  return slowest;
};
