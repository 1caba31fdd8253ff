import { fileURLToPath } from 'node:url';
import { alternate, type Case } from '../bench.ts';
import { makeCertificate } from '../certificate.ts';
import type { TlsVisits } from '../tls-visitors.ts';
import { cpuUsOf } from '../usage.ts';

const visitors = fileURLToPath(new URL('../tls-visitors.ts', import.meta.url));

/** Visits over TLS, each with a handshake: a whole one, or a resumed one. */
export const tls: Case = {
  name: 'tls',
  title: 'TLS: one connection a visit, new sessions and resumed ones (P-256)',
  run: async (bench) => {
    const certificate = await makeCertificate(bench);
    const kinds = ['new', 'resumed'] as const;
    return {
      rows: await alternate({
        bench,
        contenders: bench.peers
          .filter(({ name }) => ['usher', 'nginx', 'haproxy'].includes(name))
          .flatMap((peer) =>
            kinds.map((kind) => ({ name: `${peer.name}, ${kind}`, peer, job: { tls: certificate } })),
          ),
        seconds: bench.seconds / 2,
        check: () => Promise.resolve(), // the visitors see to it that they get a redirect
        turn: async (running, { name }, seconds) => {
          const before = cpuUsOf(running.pids());
          const { answers, perSecond, resumed } = JSON.parse(
            await bench.programs.run({
              cpus: bench.cores.load,
              argv: [
                ...([process.execPath, visitors, `${running.port}`, `${seconds * 1000}`] as const),
                name.endsWith('resumed') ? 'resumed' : 'new',
              ],
            }),
          ) as TlsVisits;
          return { cpuUs: (cpuUsOf(running.pids()) - before) / answers, perSecond, resumed };
        },
      }),
      notes: [
        "The visitors are a Node program, slower than the servers: the servers' CPU time is what counts.",
      ],
    };
  },
};
