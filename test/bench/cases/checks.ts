import { alternate, flatOut, ushersWith, type Case } from '../bench.ts';
import { startStaticSite } from '../static-site.ts';

/** No checks, the worker's files, and secondaries that are asked when a visitor comes. */
export const checks: Case = {
  name: 'checks',
  title: 'Where the knowledge comes from: keep-alive with checks none, cached and live',
  run: async (bench) => {
    const site = await startStaticSite(bench);
    const job = (from: string) => ({
      job: {
        secondaries: site.ports,
        usher: { checks: { from, ...(from === 'none' ? {} : { ping: { http: '/index.html' } }) } },
      },
    });
    try {
      return {
        rows: await alternate({
          bench,
          contenders: ushersWith(bench, { none: job('none'), cached: job('cached'), live: job('live') }),
          turn: flatOut(bench),
          seconds: bench.seconds / 2,
        }),
        notes: [
          "CPU time is that of all of Usher's processes, the worker's included; live with the default freshness of 1 s.",
        ],
      };
    } finally {
      await site.stop();
    }
  },
};
