import type { Row } from './farm.ts';
import type { RuleName } from './rules.ts';
import type { Act, Scenario } from './scenario.ts';
import { REQUESTS, SIZE, workOfSession, type Traffic } from './visitors.ts';

/** A situation and who is compared in it. */
export interface Study extends Scenario {
  readonly rules: readonly RuleName[];
}

const SPEEDS = [2, 2, 1, 1, 1, 1, 0.5, 0.5];
const CAPACITY = 9;
const LAW = { requests: REQUESTS, size: SIZE, think: 8 };

/** As much traffic as makes the pool busy for that part of the time. */
const trafficAt = (load: number, law: Omit<Traffic, 'rate'> = LAW, capacity = CAPACITY): Traffic => ({
  ...law,
  rate: (load * capacity) / workOfSession(law),
});

const MAIN = {
  speeds: SPEEDS,
  traffic: trafficAt(0.75),
  every: 40,
  dispatchers: [1],
  warmUp: 400,
  end: 1700,
};

const OURS = ['bound', 'balance', 'balance+1', 'balance+2'] as const satisfies readonly RuleName[];
const USUAL = [
  ...OURS,
  'turns',
  'least-running',
  'two-choices',
  'own-sessions',
  'aggressive-li',
  'live-running',
] as const satisfies readonly RuleName[];
const ALL = [
  ...USUAL,
  'random',
  'random-weighted',
  'least-sessions',
  'least-loadavg',
  'own-running',
  'two-choices-own',
  'basic-li',
  'hybrid-li',
  'coordinated',
  'prequal',
  'live-loadavg',
  'balance-nginx',
  'balance-nginx+1',
  'balance-apache',
  'balance-apache+1',
] as const satisfies readonly RuleName[];
const FEW = [...OURS, 'turns', 'least-running', 'own-sessions'] as const satisfies readonly RuleName[];

const study = (title: string, over: Partial<Study>): Study => ({ ...MAIN, rules: USUAL, title, ...over });

const SLOW_SIZE = { alpha: SIZE.alpha, least: 5 * SIZE.least, most: 5 * SIZE.most };
const LIGHT_SIZE = { alpha: SIZE.alpha, least: SIZE.least / 20, most: SIZE.most / 20 };
const PAIR = [0.16, 0.16];
/** A pool that can do without its fastest machine. */
const SPARE = { ...trafficAt(0.75), rate: 5.1 };

const OUTAGES: readonly Act[] = [457.3, 720.3, 984.3, 1218.3, 1496.3].flatMap((at): Act[] => [
  { at, server: 0, what: 'die' },
  { at: at + 80, server: 0, what: 'revive' },
]);

/** Its caches are cold at first. */
const NEWCOMER: readonly Act[] = [
  { at: 800, server: 0, what: 'revive' },
  ...[0.25, 0.4, 0.6, 0.8, 1].map((part, step): Act => ({
    at: 800.01 + 15 * step,
    server: 0,
    what: { speed: 2 * part },
  })),
];

const slowedTo = (server: number, part: number, at: number): readonly Act[] => [
  { at, server, what: { speed: SPEEDS[server]! * part } },
];

const FAILS_FROM = 400;
const WITH_STATUS_PAGES = [
  ...FEW,
  ...(['balance-nginx', 'balance-nginx+1', 'balance-apache', 'balance-apache+1'] as const),
] as const satisfies readonly RuleName[];

const zero = (row: Row): Row => ({ ...row, running: 0, sessions: 0 });
/** It answers, for somebody else, so many tiny requests a second, each in a millisecond, and counts them as it should. */
const withTiny = (row: Row, rate: number): Row => ({
  ...row,
  done: row.done + rate * row.at,
  busySeconds: row.busySeconds + 0.001 * rate * row.at,
});
const isMute = ({ at }: Row): boolean => at % 200 >= 100;
const nonsense = (row: Row, count: number): Row =>
  count % 2 === 0
    ? { ...row, running: 1e9, sessions: 1e9, busySeconds: 1e9, done: 1e9, started: 1e9 }
    : { ...row, running: NaN, sessions: NaN };

/** Every situation, by a short name; the first is the main one. */
export const STUDIES = {
  main: study('the main case: eight secondaries of three speeds, load 0.75, a file every 40 s', {
    rules: ALL,
  }),
  every1: study('a file every second', { every: 1 }),
  every5: study('a file every 5 s', { every: 5 }),
  every10: study('a file every 10 s', { every: 10 }),
  every60: study('a file every minute', { every: 60 }),
  staggered: study('each row of the file at a time of its own', { isStaggered: true }),
  two: study('two dispatchers that do not talk', { dispatchers: [0.5, 0.5] }),
  four: study('four dispatchers that do not talk', { dispatchers: [0.25, 0.25, 0.25, 0.25] }),
  skewed: study('four dispatchers, one with 70 % of the visitors', { dispatchers: [0.7, 0.1, 0.1, 0.1] }),
  calm: study('load 0.5', { traffic: trafficAt(0.5) }),
  full: study('load 0.88', { traffic: trafficAt(0.88) }),
  bursts: study('bursts of four times the visitors, two dispatchers', {
    dispatchers: [0.5, 0.5],
    traffic: trafficAt(0.75, { ...LAW, bursts: { high: 4, highFor: 12, low: 0.5, lowFor: 60 } }),
  }),
  heavy: study('requests five times as heavy', { traffic: trafficAt(0.75, { ...LAW, size: SLOW_SIZE }) }),
  pair: study("the article's farm: two equal slow machines", {
    speeds: PAIR,
    traffic: trafficAt(0.75, LAW, 0.32),
  }),
  unknown: study('weights unknown: all configured as 1', { weights: SPEEDS.map(() => 1) }),
  degraded: study('a machine of speed 1 runs at 35 %', { acts: slowedTo(3, 0.35, 0.001) }),
  degraded2: study('the fastest machine runs at 35 %', { acts: slowedTo(0, 0.35, 0.001), rules: FEW }),
  falls: study('a machine of speed 1 falls to 35 % while visitors come', {
    acts: slowedTo(3, 0.35, 400),
    rules: FEW,
  }),
  delayed: study('visitors take 0.5 s to arrive, the file 2 s', { hop: 0.5, fileDelay: 2, rules: FEW }),
  long: study('secondaries keep sessions for 24 minutes', { sessionTimeout: 1440, rules: FEW }),
  pings: study('nobody reports a load, pings are timed', { telling: 'pings', rules: FEW }),
  returning: study('half of the visitors come back by their cookies, after five minutes or so', {
    traffic: trafficAt(0.75, { ...LAW, returns: { chance: 0.5, after: 300 } }),
    rules: FEW,
  }),
  cores: study('secondaries of eight cores', { cores: 8, rules: FEW }),
  liar: study('a slow machine always says 0, two dispatchers', {
    dispatchers: [0.5, 0.5],
    tells: (server, row) => (server === 6 ? zero(row) : row),
    rules: FEW,
  }),
  liar2: study('the fastest machine always says 0, two dispatchers', {
    dispatchers: [0.5, 0.5],
    tells: (server, row) => (server === 0 ? zero(row) : row),
    rules: FEW,
  }),
  nonsense: study('a machine says NaN and 1e9 in turn, two dispatchers', {
    dispatchers: [0.5, 0.5],
    tells: (server, row, count) => (server === 0 ? nonsense(row, count) : row),
    rules: FEW,
  }),
  tiny: study('a machine of speed 1 answers 30 tiny requests a second of somebody else', {
    tells: (server, row) => (server === 3 ? withTiny(row, 30) : row),
    rules: FEW,
  }),
  twice: study('a machine of speed 1 says it has done twice as much, two dispatchers', {
    dispatchers: [0.5, 0.5],
    tells: (server, row) => (server === 3 ? { ...row, done: 2 * row.done } : row),
    rules: FEW,
  }),
  fivefold: study('a slow machine says it has done five times as much, two dispatchers', {
    dispatchers: [0.5, 0.5],
    tells: (server, row) => (server === 6 ? { ...row, done: 5 * row.done } : row),
    rules: FEW,
  }),
  idler: study('a machine of speed 1 says it was busy for half the time that it was, two dispatchers', {
    dispatchers: [0.5, 0.5],
    tells: (server, row) => (server === 3 ? { ...row, busySeconds: row.busySeconds / 2 } : row),
    rules: FEW,
  }),
  sinkhole: study('the fastest machine answers nothing but errors, at once; who gets one leaves', {
    dispatchers: [0.5, 0.5],
    traffic: SPARE,
    acts: [{ at: FAILS_FROM, server: 0, what: 'fail' }],
    rules: WITH_STATUS_PAGES,
  }),
  sinkhole2: study('a machine of speed 1 answers nothing but errors, at once; who gets one tries on', {
    dispatchers: [0.5, 0.5],
    traffic: SPARE,
    acts: [{ at: FAILS_FROM, server: 3, what: 'fail' }],
    isStubborn: true,
    rules: WITH_STATUS_PAGES,
  }),
  sinkhole3: study('the fastest machine answers nothing but errors, at once, and counts them as done', {
    dispatchers: [0.5, 0.5],
    traffic: SPARE,
    acts: [{ at: FAILS_FROM, server: 0, what: 'fail' }],
    countsErrors: true,
    rules: FEW,
  }),
  sinkhole4: study('a machine of speed 1 counts its errors as done, and who gets one tries on', {
    dispatchers: [0.5, 0.5],
    traffic: SPARE,
    acts: [{ at: FAILS_FROM, server: 3, what: 'fail' }],
    isStubborn: true,
    countsErrors: true,
    rules: FEW,
  }),
  frozen: study('the file is not made any more half-way, two dispatchers', {
    dispatchers: [0.5, 0.5],
    fileEnds: 850,
    rules: FEW,
  }),
  silent: study('the fastest machine never reports, two dispatchers', {
    dispatchers: [0.5, 0.5],
    tells: (server, row) => (server === 0 ? undefined : row),
    rules: FEW,
  }),
  mute: study('the fastest machine reports nothing for 100 s of every 200, two dispatchers', {
    dispatchers: [0.5, 0.5],
    tells: (server, row) => (server === 0 && isMute(row) ? undefined : row),
    rules: FEW,
  }),
  mute2: study('one of two equal machines does so; light pages, twenty times as many visitors', {
    speeds: [1, 1],
    traffic: trafficAt(0.7, { ...LAW, size: LIGHT_SIZE }, 2),
    tells: (server, row) => (server === 0 && isMute(row) ? undefined : row),
    rules: FEW,
  }),
  death: study('the fastest machine dies five times for 80 s', { traffic: SPARE, acts: OUTAGES, rules: FEW }),
  death5: study('it dies, with a file every 5 s', { every: 5, traffic: SPARE, acts: OUTAGES, rules: FEW }),
  newcomer: study('a fast machine with cold caches is added', {
    traffic: SPARE,
    absent: [0],
    acts: NEWCOMER,
    rules: FEW,
  }),
} as const satisfies Record<string, Study>;

export type StudyName = keyof typeof STUDIES;
