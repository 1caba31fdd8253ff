import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startContender, ask, type Bench, type Case, type Contender, type Running } from '../bench.ts';
import type { Crowd } from '../crowd.ts';
import { ENOUGH_CAME } from '../goals.ts';
import type { Row, Sample } from '../result.ts';
import { startStaticSite } from '../static-site.ts';
import { memoryOf } from '../usage.ts';

const crowd = fileURLToPath(new URL('../crowd.ts', import.meta.url));
/** So many come at first, and as many again to some. */
const CONNECTIONS = 10_000;
/** Descriptors that a server, or a crowd, needs beside its connections. */
const OTHER_FILES = 200;
/** A start and a crowd take seconds, and hardly differ from one time to the next. */
const MOST_ROUNDS = 2;
/** Whose figures are goals. */
const WEIGHED_TWICE: ReadonlySet<string> = new Set(['usher, one thread', 'usher, two threads']);
/** Who meets the larger crowd; the others would take minutes. */
const MEETS_TWICE: ReadonlySet<string> = new Set(['usher, two threads', 'nginx', 'haproxy']);
const HANDED_OVER = 'usher, one thread, handed to Node';
/** So many come one after the other while the crowd is there. */
const NEWCOMERS = 20;
const MEGABYTE = 1024 * 1024;

/** Memory after the first answer, and with a crowd of connections that wait for nothing. */
export const memory: Case = {
  name: 'memory',
  title:
    'Memory: resident when idle, and with open connections that wait: 10,000 and 20,000, or as many as files allow',
  run: async (bench) => {
    const site = await startStaticSite(bench);
    const mostFiles = Number(await bench.programs.run({ argv: ['bash', '-c', 'ulimit -n'] }));
    const room = Math.max(0, mostFiles - OTHER_FILES);
    const sizes = [Math.min(CONNECTIONS, room), Math.max(0, Math.min(2 * CONNECTIONS, room) - CONNECTIONS)];
    try {
      const programs = bench.peers.filter(({ isFloor }) => isFloor !== true);
      const contenders = programs.flatMap((peer): Contender[] =>
        peer.name === 'usher'
          ? [
              { name: 'usher, one thread', peer },
              { name: HANDED_OVER, peer },
              { name: 'usher, two threads', peer, job: { threads: 2 } },
              {
                name: 'usher, two threads and worker',
                peer,
                job: {
                  threads: 2,
                  secondaries: site.ports,
                  usher: { checks: { from: 'cached', ping: { http: '/index.html' } } },
                },
              },
            ]
          : [{ name: peer.name, peer }],
      );
      const rounds = bench.isQuick ? 1 : Math.min(bench.rounds, MOST_ROUNDS);
      const samples: Sample[][] = contenders.map(() => []);
      for (let round = 1; round <= rounds; round += 1) {
        for (const [at, contender] of contenders.entries()) {
          bench.progress(`round ${round} of ${rounds}, ${contender.name}`);
          if (round > 1 && !WEIGHED_TWICE.has(contender.name)) continue;
          samples[at]?.push(await weigh(bench, contender, sizes));
        }
      }
      const rows: Row[] = contenders.map(({ name }, at) => ({ contender: name, rounds: samples[at] ?? [] }));
      return {
        rows,
        notes: [
          'Resident: summed over all processes of a server, pages of the program file included, which every program started from it shares; own: without them.',
          'nginx makes room for its 32,000 connections when it starts: that is in its idle figure, and not in what each connection adds.',
          `The connections are idle but for a question every 3 s, so that nobody closes them. While they are open ${NEWCOMERS} newcomers come one after the other: the one who waits longest is told.`,
          'Handed to Node: what comes over a connection that Usher does not read itself, as where a head came in two pieces, had something unusual in it or asked for a file; it stays so until it closes.',
          ...(room < 2 * CONNECTIONS
            ? [
                `This machine lets a process have ${mostFiles} files: the larger crowd is ${Math.min(room, 2 * CONNECTIONS)}, and servers may hold less.${unjudged(sizes)}`,
              ]
            : []),
        ],
      };
    } finally {
      await site.stop();
    }
  },
};

/** What crowds of these sizes are too small to judge, as the end of a note. */
export const unjudged = ([first = 0, more = 0]: readonly number[]): string => {
  const few = [
    ...(first + more < ENOUGH_CAME.both ? ['how many are open at once', 'how long newcomers wait'] : []),
    ...(first < ENOUGH_CAME.first ? ['what a connection takes'] : []),
  ];
  return few.length === 0 ? '' : ` Too few for these goals, which are not measured: ${few.join(', ')}.`;
};

const weigh = async (bench: Bench, contender: Contender, sizes: readonly number[]): Promise<Sample> => {
  const running = await startContender(bench, contender);
  try {
    await ask(running);
    await new Promise((resolve) => setTimeout(resolve, SETTLES_MS));
    const idle = memoryOf(running.pids());
    return {
      residentMb: idle.resident / MEGABYTE,
      ownMb: idle.own / MEGABYTE,
      ...(await withCrowds(bench, running, {
        idleBytes: idle.resident,
        sizes: MEETS_TWICE.has(contender.name) ? sizes : sizes.slice(0, 1),
        kind: contender.name === HANDED_OVER ? 'handed over' : 'plain',
      })),
    };
  } finally {
    await running.stop();
  }
};

const SETTLES_MS = 500;

/** A crowd and then a second one beside it. */
const withCrowds = async (
  bench: Bench,
  running: Running,
  { idleBytes, sizes: [size = 0, more], kind }: Crowds,
): Promise<Sample> => {
  const first = startCrowd(bench, running, { size, kind });
  try {
    const one = { came: size, ...(await meet(running, idleBytes, [first])) };
    if (more === undefined) return one;
    const second = startCrowd(bench, running, { size: more, kind });
    try {
      const two = await meet(running, idleBytes, [first, second]);
      return {
        ...one,
        cameTwice: size + more,
        openTwice: two.open,
        connectionTwiceKb: two.connectionKb,
        newcomerTwiceMs: two.newcomerMs,
      };
    } finally {
      await second.stop();
    }
  } finally {
    await first.stop();
  }
};

interface Crowds {
  readonly idleBytes: number;
  readonly sizes: readonly number[];
  readonly kind: 'plain' | 'handed over';
}

interface Gathered {
  /** how many of them are connected, once all have tried */
  readonly open: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

const startCrowd = (
  bench: Bench,
  { port }: Running,
  { size, kind }: Pick<Crowds, 'kind'> & { readonly size: number },
): Gathered => {
  const { child, stop } = bench.programs.start({
    cpus: bench.cores.load,
    argv: [process.execPath, crowd, `${port}`, `${size}`, kind],
  });
  const said = async (): Promise<Crowd> => {
    if (child.stdout === null) throw new Error('the crowd has no voice');
    const [line] = (await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'close').then(() => Promise.reject(new Error('the crowd is gone'))),
    ])) as [string];
    return JSON.parse(line) as Crowd;
  };
  let gathering: Promise<Crowd> | undefined = said();
  gathering.catch(() => undefined);
  return {
    open: async () => {
      await gathering;
      gathering = undefined;
      const answer = said();
      child.stdin?.write('how many?\n');
      return (await answer).open;
    },
    stop,
  };
};

const meet = async (running: Running, idleBytes: number, crowds: readonly Gathered[]) => {
  await Promise.all(crowds.map((each) => each.open()));
  const { resident } = memoryOf(running.pids());
  let newcomerMs = 0;
  for (let newcomer = 0; newcomer < NEWCOMERS; newcomer += 1) {
    const askedAt = performance.now();
    await ask(running);
    newcomerMs = Math.max(newcomerMs, performance.now() - askedAt);
  }
  const open = (await Promise.all(crowds.map((each) => each.open()))).reduce((sum, each) => sum + each, 0);
  return {
    open,
    newcomerMs,
    crowdMb: resident / MEGABYTE,
    connectionKb: open > 0 ? (resident - idleBytes) / open / 1024 : NaN,
  };
};
