import { readFileSync } from 'node:fs';
import { ActionableError } from '../../src/errors.ts';

/** Who runs where, as taskset has it. */
export interface Cores {
  /** one processor for the server that is measured */
  readonly server: string;
  /** the processor of the load, and of the secondaries */
  readonly load: string;
  /** two processors for a server with two threads; absent where that leaves none for the load */
  readonly servers?: string;
  /** for the load against two threads */
  readonly loads?: string;
  /** all of them */
  readonly all: string;
}

/** Shares the processors that this process may use. */
export const shareCores = (): Cores => {
  const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const cpus = list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
  const [server, load, third, fourth] = cpus;
  if (server === undefined || load === undefined) {
    throw new ActionableError(
      'There is one processor: the server and its load would measure each other.',
      'Run the benchmark on a machine with two or more.',
    );
  }
  return {
    server: `${server}`,
    load: `${load}`,
    all: cpus.join(','),
    ...(third === undefined || fourth === undefined
      ? {}
      : { servers: `${server},${load}`, loads: cpus.slice(2).join(',') }),
  };
};
