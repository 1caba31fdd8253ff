import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COOKIE_ATTRIBUTES, type Job, type Peer } from '../peer.ts';

/** Debian's nginx: `return 302`, the secondary drawn by `split_clients`. */
export const nginx: Peer = {
  name: 'nginx',
  program: 'nginx',
  prepare: async (job) => {
    const file = join(job.folder, 'nginx.conf');
    await writeFile(file, nginxConfig(job, redirectSite(job)));
    return { argv: ['nginx', '-p', job.folder, '-e', 'stderr', '-c', file] };
  },
};

const redirectSite = (job: Job): string => {
  const { port, secondaries, affinity, tls } = job;
  const [one, other] = secondaries;
  return `
  split_clients "$connection $connection_requests $msec" $drawn { 50% ${one}; * ${other}; }
  map $cookie_usher $to { web${one} ${one}; web${other} ${other}; default $drawn; }
  map $cookie_usher $cookie {
    web${one} "";
    web${other} "";
    default "usher=web$drawn; ${COOKIE_ATTRIBUTES}";
  }
  server {
    listen 127.0.0.1:${port} backlog=4096${tls === undefined ? '' : ' ssl'};
    ${tls === undefined ? '' : `ssl_certificate ${tls.cert};\n    ssl_certificate_key ${tls.key};\n    ssl_session_cache shared:TLS:10m;`}
    location / {
      add_header Cache-Control no-store;
      ${affinity ? 'add_header Set-Cookie $cookie;' : ''}
      return 302 http://$host:$to$request_uri;
    }
  }`;
};

/** A whole nginx.conf with these sites in it. Lines of the access log are written together, as Usher does it. */
export const nginxConfig = (job: Pick<Job, 'folder' | 'threads' | 'accessLog'>, sites: string): string => {
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes ${job.threads};
worker_rlimit_nofile 65536;
pid ${job.folder}/pid;
error_log stderr warn;
events { worker_connections 32000; }
http {
  types { text/html html; }
  default_type application/octet-stream;
  access_log ${job.accessLog === undefined ? 'off' : `${job.accessLog} combined buffer=64k flush=100ms`};
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  ${temps.map((name) => `${name}_temp_path ${job.folder}/${name};`).join('\n  ')}
  ${sites}
}
`;
};
