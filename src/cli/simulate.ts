import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { ActionableError, type ExitCode } from '../errors.ts';
import { inSentences } from '../mergelogs/in-sentences.ts';
import { createProgress } from '../mergelogs/progress.ts';
import { policies } from '../policies/index.ts';
import { makeFrom } from '../unit.ts';
import type { Command, Io } from './command.ts';
import { loadSettings } from './load-settings.ts';
import { logBytes } from '../mergelogs/log-bytes.ts';
import { readOptions } from './options.ts';
import { readRequests } from '../replay/read-requests.ts';
import { startReplay, type Borne, type Replayed } from '../replay/replay.ts';
import { seededDice } from '../replay/seeded-dice.ts';
import { table } from './table.ts';

/** What the person who simulates wants. */
export interface SimulationWishes {
  /** shorter runs, rough figures */
  readonly quick: boolean;
  /** names of situations; empty: all */
  readonly scenarios: readonly string[];
  /** absent: those that the rule was not tuned on */
  readonly seeds?: readonly number[];
  readonly json: boolean;
  /** folder for the charts; absent: none are drawn */
  readonly charts?: string;
}

/** `usher simulate`: rules beside each other on made-up visitors, or the visitors of a log on a config. */
export const simulate: Command = {
  summary: 'Tries the balancing: on simulated visitors beside other rules, or on those of an access log.',
  usage:
    'usher simulate [--quick] [--scenario NAME]… [--seeds 11,12] [--charts FOLDER] [--json]\n       usher simulate --real [--quick] [--json]\n       usher simulate --log FILE… [--config usher.json] [--json]',
  help: `
  --quick           short runs with rough figures, in a minute
  --scenario NAME   only this situation; may be given several times; a wrong name lists them all
  --seeds N,N       other visitors than those the printed figures are made of
  --charts FOLDER   draws herd.svg, rules.svg and age.svg there; a whole run draws them into the folder charts
  --real            this program and others between real visitors and secondaries on loopback; five minutes;
                    says whether "balance" wins, exit code 1 if not, except with --quick
  --log FILE        a log in common or combined format, plain or gzip; may be given several times; - is standard input
  --config FILE     whose secondaries, policy and affinity a log is tried on; without it usher.json in this folder
  --json            the figures as JSON

With a log: its visitors come at its times, each is sent to a secondary of the config as the primary would, and stays
there as long as the cookie lasts; by an entrance without affinity each visit is a new choice, and counts as a visitor.
Prints what each secondary would have had to bear, so that a weight can be tried before it is used. The secondaries are
taken to be up and as fast as their weights say, and what is known of them is as old as the checks of the config would
have it. Each tells as much of its load as its "load" check can read: without one only the time of its ping, taken to be
always the same, so that "balance" goes by weight, and by more than that where minutes pass without a visitor; with
"json" the fields named there, with none named requests in service, done and sessions, as a reporter does; with "exec"
requests in service. While those who report have little to do, "balance" gives the faster ones more than their part.
Lines that a web server wrote late, when a long answer ended, are put in order as by mergelogs; a log in another order
than that of time is refused.

Without one: compares the rule of "balance" with others in some forty situations; takes minutes, and a checkout of the
sources. Exit code 1 if a figure was not reached.

  usher simulate --log /var/log/apache2/access.log --log /var/log/apache2/access.log.1.gz`,
  run: async (args, io) => {
    const { values } = readOptions(args, OPTIONS, simulate);
    const isJson = values.json ?? false;
    if (values.log !== undefined) {
      for (const other of ['quick', 'real', 'scenario', 'seeds', 'charts'] as const) {
        if (values[other] !== undefined) throw wrong(`--${other} does not go with --log.`);
      }
      return replay(values.log, { config: values.config, isJson }, io);
    }
    if (values.config !== undefined) throw wrong('--config goes with --log.');
    if (values.real === true) {
      for (const other of ['scenario', 'seeds', 'charts'] as const) {
        if (values[other] !== undefined) throw wrong(`--${other} does not go with --real.`);
      }
      const { runReal } = await simulation();
      return runReal({ quick: values.quick ?? false, json: isJson }, io);
    }
    const { runSimulation } = await simulation();
    const { quick = false, scenario = [] } = values;
    const charts = values.charts ?? (quick || scenario.length > 0 ? undefined : WHOLE_CHARTS);
    return runSimulation(
      {
        quick,
        scenarios: scenario,
        json: isJson,
        ...(values.seeds !== undefined && { seeds: readSeeds(values.seeds) }),
        ...(charts !== undefined && { charts }),
      },
      io,
    );
  },
};

/** Where a whole run draws, in the folder where it is started. */
const WHOLE_CHARTS = 'charts';

const OPTIONS = {
  quick: { type: 'boolean' },
  real: { type: 'boolean' },
  scenario: { type: 'string', multiple: true },
  seeds: { type: 'string' },
  charts: { type: 'string' },
  log: { type: 'string', multiple: true },
  config: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const wrong = (what: string): ActionableError => new ActionableError(what, `usage: ${simulate.usage}`, 2);

const readSeeds = (text: string): readonly number[] => {
  const seeds = text.split(',').map((part) => part.trim());
  if (seeds.length > 100 || seeds.some((seed) => !/^\d{1,6}$/.test(seed))) {
    throw new ActionableError(`--seeds is "${text}".`, 'Give whole numbers, as in --seeds 11,12,13,14.', 2);
  }
  return [...new Set(seeds.map(Number))];
};

const replay = async (
  logs: readonly string[],
  { config, isJson }: { readonly config: string | undefined; readonly isJson: boolean },
  io: Io,
): Promise<ExitCode> => {
  if (logs.filter((log) => log === '-').length > 1) throw wrong('Standard input can be read only once.');
  const { settings, file } = await loadSettings(config, io);
  // The same falls for every replay, so that two configs differ by nothing else.
  const { take, end } = startReplay(settings, (choice) => makeFrom(policies, choice), seededDice(1));
  const files = logs.map((log) => ({ file: log, path: log === '-' ? log : resolve(io.cwd, log) }));
  const total = logBytes(files.map(({ path }) => path));
  const clock = systemClock();
  let taken = 0;
  const progress = createProgress({
    write: process.stderr.isTTY ? io.err : () => undefined,
    clock,
    ...(total === undefined ? {} : { total }),
    // Among thousands of secondaries each of them is much more work than its line is to read.
    done: () => counted(taken, 'request'),
  });
  const count = await readRequests(files, {
    clock,
    take: (request) => {
      taken += 1;
      take(request);
    },
    onProgress: progress.show,
  }).finally(progress.clear);
  const replayed = end();
  io.err(inSentences(count, { keepsUnread: false }));
  if (count.others > 0) {
    io.err(
      `usher: ${count.others === 1 ? '1 line is no request' : `${count.others} lines are no requests`}: left out.\n`,
    );
  }
  if (replayed.requests === 0 && replayed.unserved === 0) {
    throw new ActionableError(
      'There is no request in these logs.',
      'Give an access log in common or combined format.',
    );
  }
  if (replayed.late > taken * MOST_LATE) {
    throw new ActionableError(
      `${replayed.late} of ${counted(taken, 'request')} come more than a minute after later ones: these logs are not in the order of time.`,
      INTO_ORDER,
    );
  }
  io.out(
    isJson
      ? `${JSON.stringify(inFigures(replayed), undefined, 2)}\n`
      : inWords(replayed, { file, policy: settings.policy.name }),
  );
  return count.files.some(({ error }) => error !== undefined) || replayed.unserved > 0 ? 1 : 0;
};

/** A web server writes a line when an answer ends, and few answers take so long: more than this part is another order. */
const MOST_LATE = 0.1;

const INTO_ORDER = `Logs that were put together are in order if each has its own --log, one with the newest lines first by "tac"; else sort it:
  LC_ALL=C sort -s -t ' ' -k 4.9,4.12n -k 4.5,4.7M -k 4.2,4.3n -k 4.14,4.21 access.log | usher simulate --log -`;

/** Load 1 is a fair part: as many requests, or as much time, for its weight as all together who take new visitors. */
const inFigures = ({ borne, fromAt, toAt, ...sums }: Replayed) => {
  const weight = borne.reduce((sum, one) => sum + (one.isCandidate ? one.weight : 0), 0);
  const tookMs = borne.reduce((sum, one) => sum + one.tookMs, 0);
  const load = (part: number, whole: number, one: Borne): number | undefined =>
    one.isCandidate && whole > 0 ? part / whole / (one.weight / weight) : undefined;
  return {
    ...sums,
    from: timeOf(fromAt),
    to: timeOf(toAt),
    secondaries: borne.map((one) => ({
      id: one.id,
      weight: one.weight,
      visitors: one.visitors,
      visitorShare: sums.visitors > 0 ? one.visitors / sums.visitors : 0,
      requests: one.requests,
      requestShare: sums.requests > 0 ? one.requests / sums.requests : 0,
      busiestMinute: one.busiestMinute,
      load: load(one.requests, sums.requests, one),
      busiestLoad: load(one.busiestMinute, sums.busiestMinute, one),
      ...(tookMs > 0 && {
        answerSeconds: one.tookMs / 1000,
        answerLoad: load(one.tookMs, tookMs, one),
      }),
    })),
  };
};

const timeOf = (at: number): string | undefined =>
  Number.isFinite(at) ? new Date(at).toISOString().replace('.000', '') : undefined;

const inWords = (
  replayed: Replayed,
  { file, policy }: { readonly file: string; readonly policy: string },
): string => {
  const { secondaries, visitors, requests, from, to, unserved } = inFigures(replayed);
  const hasTimes = secondaries.some(({ answerLoad }) => answerLoad !== undefined);
  const number = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(2));
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return [
    `${counted(visitors, 'visitor')} with ${counted(requests, 'request')} from ${from ?? '?'} to ${to ?? '?'}, sent by "${policy}" of ${file}\n\n`,
    table(
      [
        ...['secondary', 'weight', 'visitors', '', 'requests', '', 'load', 'busiest minute', 'load then'],
        ...(hasTimes ? ['by time'] : []),
      ],
      secondaries.map((one) => [
        ...[one.id, String(one.weight), String(one.visitors), percent(one.visitorShare)],
        ...[String(one.requests), percent(one.requestShare), number(one.load)],
        ...[`${(one.busiestMinute / 60).toFixed(1)}/s`, number(one.busiestLoad)],
        ...(hasTimes ? [number(one.answerLoad)] : []),
      ]),
    ),
    '\nload: requests for its weight, 1.00 is fair; in the busiest minute, over the busiest of all together.\n',
    hasTimes ? 'by time: the same by the time that answers took in the log.\n' : '',
    unserved > 0
      ? `\nFor ${counted(unserved, 'visitor')} there was nobody: no secondary takes new ones.\n`
      : '',
  ].join('');
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

interface Simulation {
  readonly runSimulation: (wishes: SimulationWishes, io: Io) => Promise<ExitCode>;
  readonly runReal: (wishes: Pick<SimulationWishes, 'quick' | 'json'>, io: Io) => Promise<ExitCode>;
}

/** The simulation lies among the tests, which an installed package does not hold. */
const simulation = async (): Promise<Simulation> => {
  const url = new URL('../../test/simulation/simulate.ts', import.meta.url);
  if (existsSync(url)) return (await import(url.href)) as Simulation;
  throw new ActionableError(
    'The simulation is not part of the installed package; --log FILE is.',
    'Run "npm run simulate" in a checkout of the sources.',
  );
};
