import { alternate, loadAndCpu, ushersWith, type Case } from '../bench.ts';

/** One door thread against two. */
export const threads: Case = {
  name: 'threads',
  title: 'Door threads: one against two',
  run: async (bench) => {
    const { servers, loads, server, load, all } = bench.cores;
    const isRoomy = servers !== undefined && loads !== undefined;
    const rows = await alternate({
      bench,
      contenders: ushersWith(bench, {
        'one thread': { job: { threads: 1, cpus: isRoomy ? server : all } },
        'two threads': { job: { threads: 2, cpus: isRoomy ? servers : all } },
      }),
      turn: async (running, _, seconds) => {
        const room = isRoomy ? loads : all;
        const { perSecond, cpuUs } = await loadAndCpu(bench, running, {
          seconds,
          connections: 128,
          threads: 2,
          cpus: room,
        });
        return { perSecond, cpuUs };
      },
    });
    return {
      rows,
      notes: isRoomy
        ? []
        : [
            `This machine has no two processors to spare beside the load (${server} and ${load} are all): threads and load share them, and answers/s say little. Whether threads get in each other's way shows in the CPU time of an answer: two threads do 2 × (one's ÷ two's) as much as one.`,
          ],
    };
  },
};
