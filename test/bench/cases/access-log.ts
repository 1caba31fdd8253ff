import { join } from 'node:path';
import { alternate, flatOut, peerNamed, ushersWith, type Case } from '../bench.ts';

/** With and without a line an answer. */
export const accessLog: Case = {
  name: 'access-log',
  title: 'Access log: keep-alive with and without a line an answer',
  run: async (bench) => {
    const file = (name: string): string => join(bench.folder, `access-${name}.log`);
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
        turn: flatOut(bench),
        seconds: bench.seconds / 2,
      }),
      notes: [],
    };
  },
};
