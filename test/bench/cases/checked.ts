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
    const rows: Row[] = [];
    try {
      for (const contender of ushersWith(bench, {
        [CHECKED.few]: { job: jobOf(2, port) },
        [CHECKED.many]: { job: jobOf(10_000, port) },
      })) {
        rows.push({ contender: contender.name, rounds: [await watch(bench, contender, port)] });
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
/** A whole round of checks after the first one; a pool of a few has nothing to wait for. */
const SETTLES_MS = { few: 2_000, many: 15_000 } as const;
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

/** One whole round of checks. One pool after the other: while the one is looked at, nobody checks the other. */
const watch = async (bench: Bench, contender: Contender, port: number): Promise<Sample> => {
  const { name } = contender;
  const running = await startContender(bench, {
    ...contender,
    job: { ...contender.job, cpus: bench.cores.all },
  });
  try {
    bench.progress(`first checks, ${name}`);
    await assertJob(name, running);
    const settlesMs = name === CHECKED.many ? SETTLES_MS.many : SETTLES_MS.few;
    await new Promise((resolve) => setTimeout(resolve, settlesMs));
    bench.progress(name);
    const [primary = 0, ...others] = running.pids();
    const [door, worker, seen] = [cpuUsOf([primary]), cpuUsOf(others), await seenBy(port)];
    const from = performance.now();
    const { p50Us, p99Us } = await loadAndCpu(bench, running, {
      seconds: EVERY_MS / 1000,
      connections: THINKERS,
      script: ['paced.lua', ((THINKERS / PER_SECOND) * 1000).toFixed(3)],
    });
    const seconds = (performance.now() - from) / 1000;
    const percent = (us: number): number => us / 1e4 / seconds;
    return {
      workerShare: percent(cpuUsOf(others) - worker),
      doorShare: percent(cpuUsOf([primary]) - door),
      checksPerSecond: ((await seenBy(port)) - seen) / seconds,
      modestP50Us: p50Us,
      modestP99Us: p99Us,
    };
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
