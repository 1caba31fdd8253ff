import { fileURLToPath } from 'node:url';
import type { Programs } from './programs.ts';

/** A load of wrk. */
export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly cpus: string;
  readonly threads?: number;
  readonly path?: string;
  readonly isTls?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** name of a file in `wrk/`, and the words it is given */
  readonly script?: readonly [name: string, ...words: string[]];
}

/** What wrk saw. */
export interface Loaded {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** connections that broke, answers that timed out: at most one for a thousand answers */
  readonly broken: number;
}

/** Nobody at all was served: that may have been the machine's fault. */
export class NoAnswer extends Error {
  /** connections that broke, answers that timed out */
  readonly broken: number;

  constructor(broken: number, said: string) {
    super(`wrk got no answer:\n${said}`);
    this.broken = broken;
  }
}

/**
 * Runs wrk against a server.
 *
 * @throws NoAnswer where none came
 * @throws Error where anything but 2xx and 3xx came back, or where connections broke
 */
export const runWrk = async (programs: Programs, load: Load): Promise<Loaded> => {
  const { port, connections, seconds, cpus, threads = 1, path = '/a/page?from=wrk', script } = load;
  const [name, ...words] = script ?? [];
  const said = await programs.run({
    cpus,
    argv: [
      // wrk counts whole seconds; told to stop before, it prints what it has.
      ...(['timeout', '--foreground', '--preserve-status', '-s', 'INT', `${seconds}`] as const),
      ...['wrk', '--latency', `-t${threads}`, `-c${connections}`, `-d${Math.ceil(seconds) + 60}s`],
      ...Object.entries(load.headers ?? {}).flatMap(([header, value]) => ['-H', `${header}: ${value}`]),
      ...(name === undefined ? [] : ['-s', fileURLToPath(new URL(`./wrk/${name}`, import.meta.url))]),
      `${load.isTls === true ? 'https' : 'http'}://127.0.0.1:${port}${path}`,
      ...(words.length === 0 ? [] : ['--', ...words]),
    ],
  });
  return readWrk(said);
};

/** The share of visits that may break, as on any machine under load one may. */
const MOST_BROKEN = 1 / 1000;

/** Reads what wrk prints. */
export const readWrk = (said: string): Loaded => {
  const number = (pattern: RegExp): number => Number(pattern.exec(said)?.[1] ?? NaN);
  const refused = number(/Non-2xx or 3xx responses: (\d+)/);
  if (refused > 0) throw new Error(`${refused} answers were neither 2xx nor 3xx:\n${said}`);
  const [, ...errors] =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(said) ?? [];
  const loaded = {
    requests: number(/(\d+) requests in/),
    perSecond: number(/Requests\/sec: +([\d.]+)/),
    p50Us: spanUs(/ 50% +(\S+)/.exec(said)?.[1]),
    p99Us: spanUs(/ 99% +(\S+)/.exec(said)?.[1]),
    broken: errors.reduce((sum, count) => sum + Number(count), 0),
  };
  if (!(loaded.requests > 0)) throw new NoAnswer(loaded.broken, said);
  // Whoever resets visitors under load would gain answers by it.
  if (loaded.broken > loaded.requests * MOST_BROKEN) {
    throw new Error(`${loaded.broken} connections broke, or were not answered in time:\n${said}`);
  }
  return loaded;
};

const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000 };

const spanUs = (text = ''): number => {
  const [, value = NaN, unit = ''] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  return Number(value) * (UNITS[unit] ?? NaN);
};
