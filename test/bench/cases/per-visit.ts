import { alternate, loadAndCpu, type Case } from '../bench.ts';
import { noteOnFloor } from '../peer.ts';

/** A new connection for every visit, as a newcomer makes it. */
export const perVisit: Case = {
  name: 'per-visit',
  title: 'One connection a visit: 64 visitors at a time, each with a connection of his own',
  run: async (bench) => ({
    rows: await alternate({
      bench,
      contenders: bench.peers.map((peer) => ({ name: peer.name, peer })),
      turn: async (running, _, seconds) => {
        const headers = { Connection: 'close' };
        const { perSecond, cpuUs, broken } = await loadAndCpu(bench, running, { seconds, headers });
        return { perSecond, cpuUs, broken };
      },
    }),
    notes: noteOnFloor(bench.peers),
  }),
};
