import { Worker } from 'node:worker_threads';
import type { Io } from '../../../src/cli/command.ts';
import type { SimulationWishes } from '../../../src/cli/simulate.ts';
import { table } from '../../../src/cli/table.ts';
import { untilSignal } from '../../../src/cli/until-signal.ts';
import { ActionableError, type ExitCode } from '../../../src/errors.ts';
import { quantile } from '../measure.ts';
import { REQUESTS, SIZE, workOfSession, type Traffic } from '../visitors.ts';
import { startContender, type Contender, type Running } from './contender.ts';
import type { FarmTask, FromFarm, ToFarm } from './farm-messages.ts';
import type { Met } from './visit.ts';

const SPEEDS = [4, 2, 2, 1, 1, 1, 0.5, 0.5];
/** The part of the secondaries' capacity that visitors need. */
const LOAD = 0.75;
/** The file's age at most, in seconds. */
const EVERY = 40;
const SEED = 11;

const file = { every: `${EVERY}s`, freshen: 0 };
const ones = SPEEDS.map(() => 1);

/** As balance, and nobody is asked between two files. */
const FILE_ONLY = 'balance, file only';

const CONTENDERS: readonly Contender[] = [
  { title: 'balance', policy: 'balance', checks: { ...file, freshen: 1 } },
  { title: FILE_ONLY, policy: 'balance', checks: file },
  { title: 'round-robin', policy: 'round-robin', checks: file },
  { title: 'random', policy: 'random', checks: file },
  { title: 'least line of the file', policy: 'random', checks: file, isLeastLine: true },
  {
    title: 'balance, live: visitors wait',
    policy: 'balance',
    checks: { ...file, from: 'live', freshness: '0s' },
  },
  {
    title: 'balance, weights unknown',
    policy: 'balance',
    checks: { ...file, freshen: 1 },
    weights: ones,
  },
  { title: 'round-robin, weights unknown', policy: 'round-robin', checks: file, weights: ones },
];

/** What one contender's visitors met. */
interface Figures {
  readonly title: string;
  /** milliseconds */
  readonly mean: number;
  readonly p99: number;
  readonly slowdown: number;
  readonly requests: number;
  readonly failed: number;
}

/**
 * The real program between real visitors and eight real secondaries of four speeds, on loopback, in real time; all
 * contenders at the same time, each with secondaries of its own and the same visitors.
 */
export const runReal = async (
  { quick, json }: Pick<SimulationWishes, 'quick' | 'json'>,
  io: Io,
): Promise<ExitCode> => {
  const [warmUp, end] = quick ? [20, 60] : [90, 270];
  const farms = CONTENDERS.map(() =>
    startFarm({ speeds: SPEEDS, traffic: trafficOf(), seed: SEED, warmUp, end }),
  );
  const starting: Promise<Running>[] = [];
  const signalled = untilSignal().then((signal): never => {
    throw new ActionableError(`Ended by ${signal}.`, 'There are no figures: start it again.');
  });
  signalled.catch(() => undefined);
  try {
    io.err(`${CONTENDERS.length} primaries with eight secondaries each start; it takes ${end + 15} s.\n`);
    const ports: number[] = [];
    for (const [at, contender] of CONTENDERS.entries()) {
      const of = await Promise.race([farms[at]!.ports, signalled]);
      const start = startContender(contender, { ports: of, speeds: SPEEDS });
      starting.push(start);
      ports.push((await Promise.race([start, signalled])).port);
    }
    const ended = Promise.all(farms.map((farm, at) => farm.visit(ports[at]!)));
    const stopped = tellTime(end, io);
    const met = await Promise.race([ended, signalled]).finally(stopped);
    const figures = met.map((one, at) => figuresOf(CONTENDERS[at]!.title, one));
    io.out(
      json
        ? `${JSON.stringify({ speeds: SPEEDS, every: EVERY, figures, wins: wins(figures) }, undefined, 2)}\n`
        : inWords(figures, quick),
    );
    return wins(figures) || quick ? 0 : 1;
  } finally {
    const started = await Promise.allSettled(starting);
    await Promise.all(started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.stop()] : [])));
    await Promise.all(farms.map(({ end: endFarm }) => endFarm()));
  }
};

const trafficOf = (): Traffic => {
  const capacity = SPEEDS.reduce((sum, speed) => sum + speed, 0);
  const work = workOfSession({ requests: REQUESTS, size: SIZE });
  return { rate: (LOAD * capacity) / work, requests: REQUESTS, think: 8, size: SIZE };
};

interface FarmThread {
  readonly ports: Promise<readonly number[]>;
  readonly visit: (primary: number) => Promise<Met>;
  readonly end: () => Promise<unknown>;
}

const startFarm = (task: FarmTask): FarmThread => {
  const worker = new Worker(new URL('farm-thread.ts', import.meta.url), { workerData: task });
  const ports = Promise.withResolvers<readonly number[]>();
  const met = Promise.withResolvers<Met>();
  for (const { promise } of [ports, met]) promise.catch(() => undefined);
  worker.on('message', (message: FromFarm) => {
    if (message.type === 'ports') ports.resolve(message.ports);
    else met.resolve(message.met);
  });
  worker.once('error', (error) => {
    ports.reject(error);
    met.reject(error);
  });
  return {
    ports: ports.promise,
    visit: (primary) => {
      worker.postMessage({ primary } satisfies ToFarm);
      return met.promise;
    },
    end: () => worker.terminate(),
  };
};

/** Says every half minute how far it is. */
const tellTime = (end: number, io: Io): (() => void) => {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    io.err(`${Math.round((performance.now() - startedAt) / 1000)} of ${end} s\n`);
  }, 30_000);
  return () => clearInterval(timer);
};

const figuresOf = (title: string, { answers, slowdowns, failed }: Met): Figures => {
  const sorted = answers.slice().sort();
  const mean = (list: Float64Array): number => list.reduce((sum, one) => sum + one, 0) / list.length;
  return {
    title,
    mean: mean(answers),
    p99: quantile(sorted, 0.99),
    slowdown: mean(slowdowns),
    requests: answers.length,
    failed,
  };
};

type Compared = Pick<Figures, 'title' | 'mean' | 'failed'>;

/** Those that go by the worker's file, as balance does, by other rules. */
const rivalsOf = (others: readonly Compared[]): readonly Compared[] =>
  others.filter(({ title }) => !title.startsWith('balance'));

const isBeaten = (rival: Compared, balance: Compared): boolean =>
  rival.mean > balance.mean && balance.failed <= rival.failed;

/**
 * Whether balance, with the worker's file, has the shortest mean of all that go by the file, and no more visitors without
 * an answer than any of them: whoever got none is in no mean.
 */
export const wins = ([balance, ...others]: readonly Compared[]): boolean =>
  balance !== undefined && rivalsOf(others).every((rival) => isBeaten(rival, balance));

/**
 * By how much balance wins against each other rule that goes by the file, or against whom it does not; and how it stands
 * beside itself without probes, which is no other rule.
 */
export const verdictOf = ([balance, ...others]: readonly Compared[]): string => {
  if (balance === undefined) return 'Nothing to compare.';
  const beaten: string[] = [];
  const unbeaten: string[] = [];
  for (const rival of rivalsOf(others)) {
    const percent = 100 * (1 - balance.mean / rival.mean);
    const shorter = `${Math.abs(percent).toFixed(1)} % ${percent < 0 ? 'longer' : 'shorter'} than ${rival.title}`;
    if (isBeaten(rival, balance)) beaten.push(shorter);
    else
      unbeaten.push(
        balance.failed > rival.failed ? `${shorter}, with more visitors left without an answer` : shorter,
      );
  }
  const means = (list: readonly string[]): string => `its mean is ${list.join('; ')}.`;
  const probes = besideNoProbes(balance, others);
  return unbeaten.length === 0
    ? `balance wins: ${means(beaten)}${probes}`
    : `balance does not win: ${means(unbeaten)}${beaten.length > 0 ? ` It wins against the rest: ${means(beaten)}` : ''}${probes}`;
};

const besideNoProbes = (balance: Compared, others: readonly Compared[]): string => {
  const alone = others.find(({ title }) => title === FILE_ONLY);
  if (alone === undefined) return '';
  const percent = 100 * (1 - balance.mean / alone.mean);
  const many = balance.failed > alone.failed ? ', with more visitors left without an answer' : '';
  return percent > 0
    ? `\nIt has probes: its mean is ${percent.toFixed(1)} % shorter than ${FILE_ONLY}${many}.`
    : `\nIts probes gained nothing here: its mean is ${(-percent).toFixed(1)} % longer than ${FILE_ONLY}${many}.`;
};

const inWords = (figures: readonly Figures[], isQuick: boolean): string => {
  const [balance] = figures;
  const over = (value: number, own: number | undefined): string => (value / (own ?? NaN)).toFixed(2);
  return [
    `Real time, loopback: eight secondaries of speeds ${SPEEDS.join(' ')} at ${LOAD * 100} % load, a file that is up to ${EVERY} s old.\n\n`,
    table(
      ['', 'mean', 'over balance', 'p99', 'over balance', 'slowdown', 'answers', 'no answer'],
      figures.map(({ title, mean, p99, slowdown, requests, failed }) => [
        title,
        `${mean.toFixed(0)} ms`,
        over(mean, balance?.mean),
        `${p99.toFixed(0)} ms`,
        over(p99, balance?.p99),
        slowdown.toFixed(2),
        String(requests),
        String(failed),
      ]),
    ),
    `\n${verdictOf(figures)}\n`,
    '\nslowdown: time to the answer, over that of a secondary of speed 1 with nobody else; the mean.\n',
    isQuick ? 'A quick run is short: its figures are rough and decide nothing.\n' : '',
  ].join('');
};
