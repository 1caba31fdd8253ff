import { ratioOf, rowOf, valueOf, type CaseResult, type Measure, type Spread } from './result.ts';

/** Something that Usher is to reach, and what was measured of it. */
export interface Goal {
  readonly what: string;
  readonly measured: Spread | undefined;
  /** written behind a number */
  readonly unit: string;
  readonly isMoreBetter: boolean;
  /** Usher would be of no use below it */
  readonly floor?: number;
  /** what it is to be */
  readonly aim?: number;
}

export type Judgement = 'met' | 'missed' | 'not measured';

/** Whether what was measured reaches the limit; `undefined` where there is none. */
export const judge = ({ measured, isMoreBetter }: Goal, limit: number | undefined): Judgement | undefined => {
  if (limit === undefined) return undefined;
  if (measured === undefined) return 'not measured';
  return (isMoreBetter ? measured.median >= limit : measured.median <= limit) ? 'met' : 'missed';
};

/** The goals of this trade with what the cases gave; those whose case was not run are not measured. */
export const goalsOf = (results: readonly CaseResult[]): readonly Goal[] => {
  const row = (name: string, contender: string) =>
    rowOf(
      results.find((result) => result.name === name),
      contender,
    );
  const ratio = (name: string, measure: Measure, [one, other]: readonly [string, string]) =>
    ratioOf(row(name, one), row(name, other), measure);
  const value = (name: string, measure: Measure, contender: string) => valueOf(row(name, contender), measure);

  const times = { unit: ' ×', isMoreBetter: true } as const;
  const atMost = { unit: '', isMoreBetter: false } as const;
  const toNginx = ['usher', 'nginx'] as const;
  const toHaproxy = ['usher', 'haproxy'] as const;
  const two = ratio('threads', 'cpuUs', ['one thread', 'two threads']);
  const isRoomy = results.find(({ name }) => name === 'threads')?.notes.length === 0;
  return [
    {
      what: 'keep-alive, of what nginx answers',
      measured: ratio('keep-alive', 'perSecond', toNginx),
      ...{ ...times, floor: 0.6, aim: 1 },
    },
    {
      what: 'keep-alive, of what HAProxy answers',
      measured: ratio('keep-alive', 'perSecond', toHaproxy),
      ...{ ...times, aim: 1 },
    },
    {
      what: 'one connection a visit, of what nginx answers',
      measured: ratio('per-visit', 'perSecond', toNginx),
      ...{ ...times, floor: 0.9, aim: 1 },
    },
    {
      what: 'one connection a visit, of what HAProxy answers',
      measured: ratio('per-visit', 'perSecond', toHaproxy),
      ...{ ...times, aim: 1 },
    },
    {
      what: "CPU time of a redirect, of nginx's, keep-alive",
      measured: ratio('keep-alive', 'cpuUs', toNginx),
      ...{ ...atMost, unit: ' ×', aim: 1.2 },
    },
    {
      what: "CPU time of a redirect, of nginx's, one connection a visit",
      measured: ratio('per-visit', 'cpuUs', toNginx),
      ...{ ...atMost, unit: ' ×', aim: 1.2 },
    },
    {
      what: "p99 at half load, of nginx's",
      measured: ratio('keep-alive', 'p99Us', toNginx),
      ...{ ...atMost, unit: ' ×', aim: 1.3 },
    },
    {
      what: isRoomy
        ? 'two threads, of what one answers'
        : 'two threads, of what one answers (from the CPU time of an answer)',
      measured: isRoomy ? ratio('threads', 'perSecond', ['two threads', 'one thread']) : scaled(two, 2),
      ...{ ...times, aim: 1.8 },
    },
    {
      what: "whole visit: HAProxy's CPU time, as a multiple of Usher's",
      measured: ratio('whole-visit', 'visitCpuUs', ['haproxy relaying', 'usher']),
      ...{ ...times, aim: 15 },
    },
    {
      what: "whole visit: nginx's CPU time, as a multiple of Usher's",
      measured: ratio('whole-visit', 'visitCpuUs', ['nginx relaying', 'usher']),
      ...{ ...times, aim: 25 },
    },
    {
      what: 'a pool of 10,000, of what a pool of 2 answers (balance)',
      measured: ratio('pool', 'perSecond', ['10000 secondaries', '2 secondaries']),
      ...{ ...times, aim: 0.9 },
    },
    {
      what: 'affinity on, of what is answered without (new visitors)',
      measured: ratio('affinity', 'perSecond', ['on, new visitors', 'off']),
      ...{ ...times, aim: 0.9 },
    },
    {
      what: 'affinity on, of what is answered without (visitors who are back)',
      measured: ratio('affinity', 'perSecond', ['on, visitors who are back', 'off']),
      ...{ ...times, aim: 0.9 },
    },
    {
      what: 'access log on, of what is answered without',
      measured: ratio('access-log', 'perSecond', ['usher, on', 'usher, off']),
      ...{ ...times, aim: 0.9 },
    },
    {
      what: 'CPU time of a receipt',
      measured: value('receipts', 'cpuUs', 'a receipt'),
      ...{ ...atMost, unit: ' µs', aim: 50 },
    },
    {
      what: 'bytes an answer with the cookie',
      measured: value('bytes', 'bytesWithCookie', 'usher'),
      ...{ ...atMost, aim: 300 },
    },
    {
      what: 'bytes an answer without the cookie',
      measured: value('bytes', 'bytesWithout', 'usher'),
      ...{ ...atMost, aim: 190 },
    },
    {
      what: 'own memory of a connection that waits',
      measured: value('memory', 'connectionKb', 'usher, one thread'),
      ...{ ...atMost, unit: ' kB', aim: 6 },
    },
    {
      what: 'resident with two threads',
      measured: value('memory', 'residentMb', 'usher, two threads'),
      ...{ ...atMost, unit: ' MB', floor: 90, aim: 80 },
    },
    {
      what: 'p99 of choosing among 100, the slowest policy',
      measured: slowestChoice(results),
      ...{ ...atMost, unit: ' µs', floor: 20 },
    },
    {
      what: 'from the command to the first answer, two threads',
      measured: value('start-up', 'firstAnswerMs', 'usher, two threads'),
      ...{ ...atMost, unit: ' ms', aim: 400 },
    },
  ];
};

const scaled = (spread: Spread | undefined, by: number): Spread | undefined =>
  spread === undefined
    ? undefined
    : { median: spread.median * by, least: spread.least * by, most: spread.most * by };

const slowestChoice = (results: readonly CaseResult[]): Spread | undefined => {
  const rows = results.find(({ name }) => name === 'policies')?.rows ?? [];
  const spreads = rows
    .filter(({ contender }) => contender.endsWith(' among 100'))
    .flatMap((row) => valueOf(row, 'pickP99Ns') ?? []);
  const [slowest] = spreads.sort((one, other) => other.median - one.median);
  return scaled(slowest, 1 / 1000);
};
