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
} from '../bench.ts';
import { nginxConfig } from '../peers/nginx.ts';
import type { Row, Sample } from '../result.ts';
import { cpuUsOf } from '../usage.ts';

/** The contenders, as the goals name them. */
export const CHECKED = { few: '2, checked every 10 s', many: '10000, checked every 10 s' } as const;

/** A large pool that is looked at: what the worker and its news cost, and what visitors notice of it. */
export const checked: Case = {
  name: 'checked',
  title: 'Secondaries that are checked every 10 s, ping and load: 500 visits a second meanwhile, balance',
  run: async (bench) => {
    const port = await freePort();
    const site = await startSmallSite(bench, port);
    const rounds = bench.isQuick ? 1 : Math.min(bench.rounds, MOST_ROUNDS);
    const rows: Row[] = [];
    try {
      for (const contender of ushersWith(bench, {
        [CHECKED.few]: { job: jobOf(2, port) },
        [CHECKED.many]: { job: jobOf(10_000, port) },
      })) {
        rows.push({ contender: contender.name, rounds: await watch(bench, { contender, port, rounds }) });
      }
    } finally {
      await site.stop();
    }
    return {
      rows,
      notes: [
        'All of them are addresses of one small server, whose load differs from one time to the next. On all processors, the small server and the visitors on that of the load; one pool after the other, each after its first round of checks.',
      ],
    };
  },
};

const EVERY_MS = 10_000;
/** One after the other: while the one pool is looked at, nobody checks the other. */
const MOST_ROUNDS = 2;
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

/** @returns a sample for every whole round of checks */
const watch = async (
  bench: Bench,
  {
    contender,
    port,
    rounds,
  }: { readonly contender: Contender; readonly port: number; readonly rounds: number },
): Promise<readonly Sample[]> => {
  const running = await startContender(bench, {
    ...contender,
    job: { ...contender.job, cpus: bench.cores.all },
  });
  try {
    bench.progress(`first checks, ${contender.name}`);
    await assertJob(contender.name, running);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    const samples: Sample[] = [];
    const thinkMs = (THINKERS / PER_SECOND) * 1000;
    for (let round = 1; round <= rounds; round += 1) {
      bench.progress(`round ${round} of ${rounds}, ${contender.name}`);
      const [primary = 0, ...others] = running.pids();
      const [door, worker] = [cpuUsOf([primary]), cpuUsOf(others)];
      const seen = await seenBy(port);
      const from = performance.now();
      const { p50Us, p99Us } = await loadAndCpu(bench, running, {
        seconds: EVERY_MS / 1000,
        connections: THINKERS,
        script: ['paced.lua', thinkMs.toFixed(3)],
      });
      const seconds = (performance.now() - from) / 1000;
      const percent = (us: number): number => us / 1e4 / seconds;
      samples.push({
        workerShare: percent(cpuUsOf(others) - worker),
        doorShare: percent(cpuUsOf([primary]) - door),
        checksPerSecond: ((await seenBy(port)) - seen) / seconds,
        modestP50Us: p50Us,
        modestP99Us: p99Us,
      });
    }
    return samples;
  } finally {
    await running.stop();
  }
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
