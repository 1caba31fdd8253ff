import { alternate, flatOut, loadAndCpu, type Case } from '../bench.ts';

/** Connections that ask again and again; then the waiting times at half of what each of them can do. */
export const keepAlive: Case = {
  name: 'keep-alive',
  title: 'Keep-alive: 64 connections that ask again and again',
  run: async (bench) => {
    const rows = await alternate({
      bench,
      warmUp: flatOut(bench),
      contenders: bench.peers.map((peer) => ({ name: peer.name, peer })),
      turn: async (running, { name }, seconds) => {
        const { perSecond, cpuUs } = await loadAndCpu(bench, running, { seconds });
        if (!WATCHED_AT_HALF_LOAD.has(name)) return { perSecond, cpuUs };
        const thinkMs = (THINKERS / (perSecond / 2)) * 1000;
        const half = await loadAndCpu(bench, running, {
          seconds,
          connections: THINKERS,
          script: ['paced.lua', thinkMs.toFixed(3)],
        });
        return {
          perSecond,
          cpuUs,
          p50Us: half.p50Us,
          p99Us: half.p99Us,
          halfLoad: half.perSecond / perSecond,
        };
      },
    });
    return {
      rows,
      notes: [
        `Half load: ${THINKERS} visitors who think for a random time, so that half as many come as the server just answered; they come in steps of 1 ms.`,
      ],
    };
  },
};

const THINKERS = 256;
const WATCHED_AT_HALF_LOAD: ReadonlySet<string> = new Set(['usher', 'nginx', 'haproxy', 'node-http']);
