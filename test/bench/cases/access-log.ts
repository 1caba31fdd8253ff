import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { alternate, flatOut, loadAndCpu, peerNamed, ushersWith, type Case } from '../bench.ts';

/** With and without a line an answer. */
export const accessLog: Case = {
  name: 'access-log',
  title: 'Access log: keep-alive with and without a line an answer',
  run: async (bench) => {
    const file = (name: string): string => join(bench.folder, `access-${name}.log`);
    const plain = flatOut(bench);
    return {
      rows: await alternate({
        bench,
        contenders: [
          ...ushersWith(bench, {
            'usher, off': {},
            'usher, on': { job: { accessLog: file('usher') } },
          }),
          ...peerNamed(bench, 'nginx').flatMap((peer) => [
            { name: 'nginx, off', peer },
            { name: 'nginx, on', peer, job: { accessLog: file('nginx') } },
          ]),
        ],
        turn: async (running, contender, seconds) => {
          const { accessLog: log } = running.job;
          if (log === undefined) return plain(running, contender, seconds);
          const { size } = await stat(log);
          const { perSecond, cpuUs, requests } = await loadAndCpu(bench, running, { seconds });
          return { perSecond, cpuUs, lostLines: requests - (await linesFrom(log, size, requests)) };
        },
        seconds: bench.seconds / 2,
      }),
      notes: [
        'Both write lines together. Lines lost: of the answers that the load counted, those without a line within 2 s; the few that were under way when it ended may hide as many.',
      ],
    };
  },
};

const PATIENCE_MS = 2000;
const AGAIN_MS = 20;
const NEWLINE = 0x0a;

/** How many lines came to a file behind that place: as many as are wanted, or as there are after a while. */
const linesFrom = async (path: string, from: number, wanted: number): Promise<number> => {
  const until = performance.now() + PATIENCE_MS;
  const piece = Buffer.alloc(1024 * 1024);
  const file = await open(path);
  try {
    let at = from;
    let lines = 0;
    while (lines < wanted) {
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      at += bytesRead;
      for (let byte = 0; byte < bytesRead; byte += 1) if (piece[byte] === NEWLINE) lines += 1;
      if (bytesRead > 0) continue;
      if (performance.now() > until) break;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    return Math.min(lines, wanted);
  } finally {
    await file.close();
  }
};
