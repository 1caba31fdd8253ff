import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COOKIE_ATTRIBUTES, type Peer } from '../peer.ts';

/** Debian's Caddy: `redir`, the secondary drawn by the first digit of the request's UUID. */
export const caddy: Peer = {
  name: 'caddy',
  program: 'caddy',
  prepare: async ({ folder, port, threads, secondaries: [one, other], affinity }) => {
    const file = join(folder, 'Caddyfile');
    await writeFile(
      file,
      `{
  admin off
  auto_https off
}
http://:${port} {
  bind 127.0.0.1
  map {http.request.uuid} {drawn} {
    ~^[0-7] ${one}
    default ${other}
  }
  map {http.request.cookie.usher} {to} {visitor} {
    web${one} ${one} back
    web${other} ${other} back
    default {drawn} new
  }
  header Cache-Control no-store
  @new vars {visitor} new
  ${affinity ? `header @new Set-Cookie "usher=web{to}; ${COOKIE_ATTRIBUTES}"` : ''}
  redir http://{http.request.host}:{to}{http.request.uri} 302
}
`,
    );
    return {
      argv: ['caddy', 'run', '--config', file, '--adapter', 'caddyfile'],
      env: { GOMAXPROCS: `${threads}`, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    };
  },
};
