import { existsSync } from 'node:fs';
import { ActionableError, type ExitCode } from '../errors.ts';
import type { Command, Io } from './command.ts';
import { readOptions } from './options.ts';

/** What the person who measures wants. */
export interface BenchWishes {
  /** names of cases; empty: all */
  readonly cases: readonly string[];
  /** names of peers; empty: all */
  readonly peers: readonly string[];
  readonly rounds?: number;
  /** length of a turn */
  readonly seconds?: number;
  /** fewer rounds */
  readonly quick: boolean;
  /** install from Debian what is missing */
  readonly installs: boolean;
  /** file for the figures */
  readonly json?: string;
  /** file for the chart */
  readonly chart?: string;
  /** renew chart and table of the README of this checkout */
  readonly readme?: boolean;
}

/** `usher bench`: what `npm run bench` runs. */
export const bench: Command = {
  summary:
    'Measures Usher against nginx, HAProxy, Caddy, Apache, Express and plain node:http on this machine.',
  usage:
    'usher bench [--quick] [--rounds N] [--seconds N] [--case NAME]… [--peer NAME]… [--json FILE] [--chart FILE.svg] [--readme]',
  help: `
  --quick            3 short rounds instead of 7
  --rounds N         how often everybody has his turn
  --seconds N        length of one turn; 0.7 by default
  --case NAME        only this case; may be given several times; a wrong name lists them all
  --peer NAME        only this server; may be given several times; a wrong name lists them all
  --json FILE        writes every figure of every round there
  --chart FILE.svg   draws the main cases
  --readme           renews chart and table of this checkout's README; not beside --quick, --case or --peer

Installs the other servers from Debian when run as root, otherwise says what to install. Every server does the same job
(choose one of two at random, 302 with a cookie and no-store) on one processor, the load runs on another. Where answers
are counted they warm up alike, then take turns; memory, start-up and bytes are measured one server after the other, and
10,000 that are checked one pool after the other. Exit code 1 if a case, or a server in it, failed; not for what this
machine or a part of a run cannot show, which the goals call not measured, nor for goals that are missed. Needs a
checkout of the sources, two processors and Linux.`,
  run: async (args, io) => {
    const { values } = readOptions(args, OPTIONS, bench);
    const partial = PARTIAL.find((option) => values[option] !== undefined);
    if (values.readme === true && partial !== undefined) {
      throw new ActionableError(
        `--readme stands beside --${partial}: what is not measured then would be gone from the README.`,
        'Give --readme alone, or the part without it.',
        2,
      );
    }
    const { runBench } = await benchmark();
    return runBench(
      {
        cases: values.case ?? [],
        peers: values.peer ?? [],
        quick: values.quick ?? false,
        installs: true,
        ...number('rounds', values.rounds, WHOLE),
        ...number('seconds', values.seconds, TENTHS),
        readme: values.readme ?? false,
        ...(values.json === undefined ? {} : { json: values.json }),
        ...(values.chart === undefined ? {} : { chart: values.chart }),
      },
      io,
    );
  },
};

const OPTIONS = {
  quick: { type: 'boolean' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  case: { type: 'string', multiple: true },
  peer: { type: 'string', multiple: true },
  json: { type: 'string' },
  chart: { type: 'string' },
  readme: { type: 'boolean' },
} as const;

/** What makes it less than a whole run. */
const PARTIAL = ['quick', 'case', 'peer'] as const;

const WHOLE = { pattern: /^[1-9]\d{0,2}$/, what: 'a whole number from 1 to 999', example: '7' };
const TENTHS = {
  pattern: /^(?!0+(?:\.0+)?$)\d{1,3}(?:\.\d)?$/,
  what: 'a number from 0.1 to 999',
  example: '0.7',
};

const number = <Name extends string>(
  name: Name,
  text: string | undefined,
  { pattern, what, example }: typeof WHOLE,
): { [key in Name]?: number } => {
  if (text === undefined) return {};
  if (!pattern.test(text)) {
    throw new ActionableError(`--${name} is "${text}".`, `Give ${what}, as in --${name} ${example}.`, 2);
  }
  return { [name]: Number(text) } as { [key in Name]?: number };
};

interface Benchmark {
  readonly runBench: (wishes: BenchWishes, io: Io) => Promise<ExitCode>;
}

/** The benchmark lies among the tests, which an installed package does not hold. */
const benchmark = async (): Promise<Benchmark> => {
  const url = new URL('../../test/bench/run.ts', import.meta.url);
  if (existsSync(url)) return (await import(url.href)) as Benchmark;
  throw new ActionableError(
    'The benchmark is not part of the installed package.',
    'Run "npm run bench" in a checkout of the sources.',
  );
};
