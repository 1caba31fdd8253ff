import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startContender, ask, type Bench, type Case, type Contender, type Running } from '../bench.ts';
import type { Crowd } from '../crowd.ts';
import type { Row, Sample } from '../result.ts';
import { startStaticSite } from '../static-site.ts';
import { memoryOf } from '../usage.ts';

const crowd = fileURLToPath(new URL('../crowd.ts', import.meta.url));
const CONNECTIONS = 10_000;
/** A start and a crowd take seconds, and hardly differ from one time to the next. */
const MOST_ROUNDS = 2;
const MEGABYTE = 1024 * 1024;

/** Memory after the first answer, and with a crowd of connections that wait for nothing. */
export const memory: Case = {
  name: 'memory',
  title: 'Memory: resident when idle, and with 10,000 open connections that wait',
  run: async (bench) => {
    const site = await startStaticSite(bench);
    try {
      const contenders = bench.peers.flatMap((peer): Contender[] =>
        peer.name === 'usher'
          ? [
              { name: 'usher, one thread', peer },
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
          samples[at]?.push(await weigh(bench, contender));
        }
      }
      const rows: Row[] = contenders.map(({ name }, at) => ({ contender: name, rounds: samples[at] ?? [] }));
      return {
        rows,
        notes: [
          'Resident: summed over all processes of a server, pages of the program file included, which every program started from it shares; own: without them.',
          `A newcomer comes while ${CONNECTIONS} connections are open.`,
        ],
      };
    } finally {
      await site.stop();
    }
  },
};

const weigh = async (bench: Bench, contender: Contender): Promise<Sample> => {
  const running = await startContender(bench, contender);
  try {
    await ask(running);
    await new Promise((resolve) => setTimeout(resolve, SETTLES_MS));
    const idle = memoryOf(running.pids());
    return {
      residentMb: idle.resident / MEGABYTE,
      ownMb: idle.own / MEGABYTE,
      ...(await withCrowd(bench, running, idle.resident)),
    };
  } finally {
    await running.stop();
  }
};

const SETTLES_MS = 500;

const withCrowd = async (bench: Bench, running: Running, idleBytes: number): Promise<Sample> => {
  const { child, stop } = bench.programs.start({
    cpus: bench.cores.load,
    argv: [process.execPath, crowd, `${running.port}`, `${CONNECTIONS}`],
  });
  const said = async (): Promise<Crowd> => {
    if (child.stdout === null) throw new Error('the crowd has no voice');
    const [line] = (await once(child.stdout, 'data')) as [string];
    return JSON.parse(line) as Crowd;
  };
  try {
    await said();
    const { resident } = memoryOf(running.pids());
    child.stdin?.write('how many?\n');
    const { open } = await said();
    const askedAt = performance.now();
    await ask(running);
    const newcomerMs = performance.now() - askedAt;
    return {
      crowdMb: resident / MEGABYTE,
      open,
      connectionKb: open > 0 ? (resident - idleBytes) / open / 1024 : NaN,
      newcomerMs,
    };
  } finally {
    await stop();
  }
};
