import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COOKIE_ATTRIBUTES, type Job, type Peer } from '../peer.ts';

/** Debian's HAProxy: `http-request return`, the secondary drawn by `rand`. */
export const haproxy: Peer = {
  name: 'haproxy',
  program: 'haproxy',
  prepare: async (job) => {
    const file = join(job.folder, 'haproxy.cfg');
    await writeFile(file, haproxyConfig(job, redirectFront(job)));
    return { argv: ['haproxy', '-db', '-f', file] };
  },
};

const redirectFront = ({ port, secondaries, affinity, tls }: Job): string => {
  const [one, other] = secondaries;
  const answer = (to: string, cookie: string): string =>
    `http-request return status 302 hdr Location "http://%[req.hdr(host),field(1,:)]:%[${to}]%[url]" hdr Cache-Control no-store ${cookie}`;
  const drawn = answer(
    'var(txn.to)',
    affinity ? `hdr Set-Cookie "usher=web%[var(txn.to)]; ${COOKIE_ATTRIBUTES}"` : '',
  );
  return `
frontend door
  bind 127.0.0.1:${port} backlog 4096${tls === undefined ? '' : ` ssl crt ${tls.both}`}
  acl isBack req.cook(usher) -m str web${one} web${other}
  ${answer('req.cook(usher),bytes(3)', '')} if isBack
  http-request set-var(txn.to) rand(2),mul(${other - one}),add(${one})
  ${drawn}
`;
};

/** A whole haproxy.cfg with these sections in it. */
export const haproxyConfig = (
  { threads, tls }: Pick<Job, 'threads' | 'tls'>,
  sections: string,
): string => `global
  nbthread ${threads}
  no strict-limits
  maxconn ${tls === undefined ? 32000 : 2000}
  ${tls === undefined ? '' : 'tune.ssl.default-dh-param 2048'}
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
${sections}
`;
