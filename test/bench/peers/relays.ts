import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Peer } from '../peer.ts';
import { haproxyConfig } from './haproxy.ts';
import { nginxConfig } from './nginx.ts';

/** nginx as a proxy: the whole visit passes through it. */
export const nginxRelay: Peer = {
  name: 'nginx relaying',
  program: 'nginx',
  prepare: async (job) => {
    const { folder, port, secondaries } = job;
    const file = join(folder, 'nginx.conf');
    await writeFile(
      file,
      nginxConfig(
        job,
        `
  upstream pool {
    random;
    ${secondaries.map((each) => `server 127.0.0.1:${each};`).join(' ')}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://pool;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_buffers 16 4k;
    }
  }`,
      ),
    );
    return { argv: ['nginx', '-p', folder, '-e', 'stderr', '-c', file] };
  },
};

/** HAProxy as a proxy. */
export const haproxyRelay: Peer = {
  name: 'haproxy relaying',
  program: 'haproxy',
  prepare: async (job) => {
    const { folder, port, secondaries } = job;
    const file = join(folder, 'haproxy.cfg');
    await writeFile(
      file,
      haproxyConfig(
        job,
        `
frontend door
  bind 127.0.0.1:${port} backlog 4096
  default_backend pool
backend pool
  balance random
${secondaries.map((each) => `  server web${each} 127.0.0.1:${each}`).join('\n')}
`,
      ),
    );
    return { argv: ['haproxy', '-db', '-f', file] };
  },
};

/** Pen, a relay of TCP connections. */
export const penRelay: Peer = {
  name: 'pen relaying',
  program: 'pen',
  prepare: ({ port, secondaries }) =>
    Promise.resolve({
      argv: [
        ...(['pen', '-f', '-r', '-c', '4096', '-x', '1000', `127.0.0.1:${port}`] as const),
        ...secondaries.map((each) => `127.0.0.1:${each}`),
      ],
    }),
};
