import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askRaw, requestText } from '../../outside/raw.ts';
import { freePort } from '../../real/port.ts';
import {
  assertJob,
  loadAndCpu,
  startContender,
  ushersWith,
  type Bench,
  type Case,
  type Contender,
  type Running,
} from '../bench.ts';
import { inTurn } from '../in-turn.ts';
import { nginxConfig } from '../peers/nginx.ts';
import type { Row, Sample } from '../result.ts';
import { cpuUsOf } from '../usage.ts';

/** The contenders, as the goals name them. */
export const CHECKED = {
  alone: '2, before the 10000 are there',
  few: '2, beside the 10000',
  many: '10000, beside the 2',
} as const;

/** A large pool that is looked at: what the worker and its news cost, and what visitors notice of it. */
export const checked: Case = {
  name: 'checked',
  title: 'Secondaries that are checked every 10 s, ping and load: 500 visits a second meanwhile, balance',
  run: async (bench) => {
    const port = await freePort();
    const site = await startSmallSite(bench, port);
    const stands: Stand[] = [];
    const alone: Sample[] = [];
    const watched = async ({ name, running }: Stand): Promise<Sample> => {
      const { checksPerSecond, ...sample } = await watch(bench, running, port);
      // The small server counts for all: next to nothing of it is of the few.
      return name === CHECKED.many ? { ...sample, checksPerSecond } : sample;
    };
    try {
      for (const contender of ushersWith(bench, {
        [CHECKED.few]: { job: jobOf(2, port) },
        [CHECKED.many]: { job: jobOf(10_000, port) },
      })) {
        const { name } = contender;
        bench.progress(`first checks, ${name}`);
        const running = await startContender(bench, {
          ...contender,
          job: { ...contender.job, cpus: bench.cores.all },
        });
        const stand = { name, running, rounds: [] };
        stands.push(stand);
        await assertJob(name, running);
        // Both: else only the few would be warm in the first turn.
        await visit(bench, running, bench.warmUpSeconds);
        if (stands.length > 1) continue;
        bench.progress(CHECKED.alone);
        alone.push(await watched(stand));
      }
      await new Promise((resolve) => setTimeout(resolve, SETTLES_MS));
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const stand of inTurn(stands, round)) {
          bench.progress(`turn ${round + 1} of ${ROUNDS}, ${stand.name}`);
          stand.rounds.push(await watched(stand));
        }
      }
    } finally {
      await Promise.all(stands.map(({ running }) => running.stop()));
      await site.stop();
    }
    return {
      rows: [
        ...(alone.length === 0 ? [] : [{ contender: CHECKED.alone, rounds: alone }]),
        ...stands.map(({ name, rounds }): Row => ({ contender: name, rounds })),
      ],
      notes: [
        'All of them are addresses of one small server, whose load differs from one time to the next. On all processors, the small server and the visitors on that of the load. Both primaries stand and check all the time, after the first round of checks; visitors come to one after the other, twice in turn, for one round of checks each. The worker of the 10000 is at work on the same processors also while visitors come to the 2: what it costs a visit is seen beside the figures of the 2 before the 10000 are there, which rest on one turn: no goal is measured by them.',
      ],
    };
  },
};

/** One of the two, and what its turns gave. */
interface Stand {
  readonly name: string;
  readonly running: Running;
  readonly rounds: Sample[];
}

const EVERY_MS = 10_000;
/** The first checks come at once, those after it spread over an interval. */
const SETTLES_MS = 12_000;
/** Turns of each. */
const ROUNDS = 2;
const PER_SECOND = 500;
const THINKERS = 64;

/** So many addresses of this machine that nobody else has: 127.1.0.1 and on. */
const secondariesOf = (size: number, port: number): readonly Readonly<Record<string, string>>[] =>
  Array.from({ length: size }, (_, at) => ({
    id: `web${at}`,
    url: `http://127.1.${(at / 250) | 0}.${(at % 250) + 1}:${port}`,
  }));

const jobOf = (size: number, port: number): NonNullable<Contender['job']> => ({
  usher: {
    policy: 'balance',
    checks: {
      ...{ from: 'cached', every: `${EVERY_MS}ms`, rise: 1 },
      ...{ ping: { http: '/' }, load: { json: '/load.json' } },
    },
    secondaries: secondariesOf(size, port),
  },
});

const visit = (bench: Bench, running: Running, seconds: number) =>
  loadAndCpu(bench, running, {
    seconds,
    connections: THINKERS,
    script: ['paced.lua', ((THINKERS / PER_SECOND) * 1000).toFixed(3)],
  });

/** Visits to one of them for as long as a round of checks takes. */
const watch = async (bench: Bench, running: Running, port: number) => {
  const [primary = 0, ...others] = running.pids();
  const [door, worker, seen] = [cpuUsOf([primary]), cpuUsOf(others), await seenBy(port)];
  const from = performance.now();
  const { p50Us, p99Us } = await visit(bench, running, EVERY_MS / 1000);
  const seconds = (performance.now() - from) / 1000;
  const percent = (us: number): number => us / 1e4 / seconds;
  return {
    workerShare: percent(cpuUsOf(others) - worker),
    doorShare: percent(cpuUsOf([primary]) - door),
    checksPerSecond: ((await seenBy(port)) - seen) / seconds,
    modestP50Us: p50Us,
    modestP99Us: p99Us,
  } satisfies Sample;
};

/** How many requests the small server has had. */
const seenBy = async (port: number): Promise<number> =>
  Number(/^ \d+ \d+ (\d+)/m.exec((await askRaw(port, requestText('GET /seen'))).body)?.[1]);

/** A server at every address of the machine. */
const startSmallSite = async (
  bench: Bench,
  port: number,
): Promise<{ readonly stop: () => Promise<void> }> => {
  const folder = join(bench.folder, `small-${port}`);
  await mkdir(folder);
  const file = join(folder, 'nginx.conf');
  await writeFile(
    file,
    nginxConfig(
      { folder, threads: 1 },
      `server {
    listen 0.0.0.0:${port} backlog=4096;
    location = /load.json { return 200 '{"running":$connections_active,"sessions":$connections_waiting}'; }
    location = /seen { stub_status; }
    location / { return 200 'here'; }
  }`,
    ),
  );
  return bench.programs.serve(
    { argv: ['nginx', '-p', folder, '-e', 'stderr', '-c', file], cpus: bench.cores.load },
    port,
  );
};
