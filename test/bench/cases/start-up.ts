import { request } from 'node:http';
import { freePort } from '../../real/port.ts';
import { startStaticSite } from '../static-site.ts';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Case, Contender } from '../bench.ts';
import type { Row } from '../result.ts';

/** From the command to the first answer. */
export const startUp: Case = {
  name: 'start-up',
  title: 'Start-up: from the command to the first answer, on all processors',
  run: async (bench) => {
    const site = await startStaticSite(bench);
    try {
      const contenders = bench.peers
        .filter(({ name }) => ['usher', 'node-http', 'nginx', 'caddy'].includes(name))
        .flatMap((peer): Contender[] =>
          peer.name === 'usher'
            ? [
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
      const rows: Row[] = [];
      for (const contender of contenders) {
        const rounds = [];
        for (let round = 0; round <= bench.rounds; round += 1) {
          bench.progress(`round ${round} of ${bench.rounds}, ${contender.name}`);
          const firstAnswerMs = await firstAnswer(bench, contender, round);
          if (round > 0) rounds.push({ firstAnswerMs });
        }
        rows.push({ contender: contender.name, rounds });
      }
      return { rows, notes: ['The first start, which reads the programs from disk, does not count.'] };
    } finally {
      await site.stop();
    }
  },
};

const PATIENCE_MS = 20_000;

const firstAnswer = async (bench: Bench, { name, peer, job }: Contender, round: number): Promise<number> => {
  const folder = join(bench.folder, `start-${name.replaceAll(/\W+/g, '-')}-${round}`);
  await mkdir(folder, { mode: 0o755 });
  const port = await freePort();
  const recipe = await peer.prepare({
    folder,
    port,
    cpus: bench.cores.all,
    threads: 1,
    secondaries: [8086, 8087],
    affinity: true,
    ...job,
  });
  const startedAt = performance.now();
  const program = bench.programs.start({ ...recipe, cpus: bench.cores.all, cwd: folder });
  try {
    while (!(await isAnswered(port))) {
      if (performance.now() - startedAt > PATIENCE_MS || program.child.exitCode !== null) {
        throw new Error(`${name} does not answer:\n${program.said()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return performance.now() - startedAt;
  } finally {
    await program.stop();
  }
};

const isAnswered = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = request({ port, host: '127.0.0.1', path: '/a/page', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 302);
    });
    asked.on('error', () => {
      resolve(false);
    });
    asked.end();
  });
