import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../real/port.ts';
import type { Peer } from '../peer.ts';

const launcher = fileURLToPath(new URL('../../../src/usher.js', import.meta.url));

/** Usher itself, as an operator starts it: `usher start --config usher.json`. */
export const usher: Peer = {
  name: 'usher',
  prepare: async ({ folder, port, threads, secondaries, affinity, accessLog, tls, usher: wishes }) => {
    const file = join(folder, 'usher.json');
    const config = {
      listen: [{ host: '127.0.0.1', port, ...(tls === undefined ? {} : { cert: tls.cert, key: tls.key }) }],
      admin: { listen: `127.0.0.1:${await freePort()}` },
      threads,
      policy: 'random',
      checks: { from: 'none' },
      entrances: {}, // the usual ones read the worker's files; the other servers have no worker either
      ...(affinity ? {} : { affinity: false }),
      ...(accessLog === undefined ? {} : { accessLog }),
      secondaries: secondaries.map((port) => ({ port })),
      ...wishes,
    };
    await writeFile(file, JSON.stringify(config));
    return { argv: [process.execPath, launcher, 'start', '--config', file], ready: /"type":"started"/ };
  },
};
