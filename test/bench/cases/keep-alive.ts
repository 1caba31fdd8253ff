import { alternate, loadAndCpu, type Case } from '../bench.ts';
import { isHalf, thinkingMs } from '../half-load.ts';
import { noteOnFloor } from '../peer.ts';

/** Connections that ask again and again; then the waiting times at half of what each of them can do. */
export const keepAlive: Case = {
  name: 'keep-alive',
  title: 'Keep-alive: 64 connections that ask again and again',
  run: async (bench) => {
    /** what visits took beside thinking when each was last measured, in ms */
    const elseMs = new Map<string, number>();
    const rows = await alternate({
      bench,
      contenders: bench.peers.map((peer) => ({ name: peer.name, peer })),
      turn: async (running, { name }, seconds) => {
        const isWatched = WATCHED_AT_HALF_LOAD.has(name);
        const isWarmUp = isWatched && !elseMs.has(name);
        const each = isWarmUp ? seconds / 2 : seconds;
        const { perSecond, cpuUs, broken } = await loadAndCpu(bench, running, { seconds: each });
        if (!isWatched) return { perSecond, cpuUs, broken };
        const thinkMs = thinkingMs({
          thinkers: THINKERS,
          perSecond: perSecond / 2,
          elseMs: elseMs.get(name) ?? 0,
        });
        const half = await loadAndCpu(bench, running, {
          seconds: each,
          connections: THINKERS,
          script: ['paced.lua', thinkMs.toFixed(3)],
        });
        elseMs.set(name, Math.max(0, (THINKERS / half.perSecond) * 1000 - thinkMs));
        const halfLoad = half.perSecond / perSecond;
        return {
          ...{ perSecond, cpuUs, halfLoad, broken: broken + half.broken },
          ...(isHalf(halfLoad) && { p50Us: half.p50Us, p99Us: half.p99Us }),
        };
      },
    });
    return {
      rows,
      notes: [
        `Half load: ${THINKERS} visitors who think for a random time, so that half as many come as the server just answered; they come in steps of 1 ms. Where it was not 0.45 to 0.55, the round's waiting times do not count.`,
        ...noteOnFloor(bench.peers),
      ],
    };
  },
};

const THINKERS = 256;
const WATCHED_AT_HALF_LOAD: ReadonlySet<string> = new Set(['usher', 'nginx', 'haproxy', 'node-http']);
