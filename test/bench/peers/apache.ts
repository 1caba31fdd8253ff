import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COOKIE_ATTRIBUTES, type Peer } from '../peer.ts';

const MODULES = '/usr/lib/apache2/modules';

/**
 * Debian's Apache (MPM event): mod_rewrite, the secondary drawn from a `rnd` map. Twice as many threads as the load has
 * connections: as soon as all are busy at once, the event MPM closes the connections that are kept alive.
 */
export const apache: Peer = {
  name: 'apache',
  program: 'apache2',
  prepare: async ({ folder, port, secondaries: [one, other], affinity }) => {
    const file = join(folder, 'apache.conf');
    const map = join(folder, 'drawn.txt');
    await writeFile(map, `port ${one}|${other}\n`);
    const modules = ['mpm_event', 'authz_core', 'rewrite', 'headers', 'env'];
    await writeFile(
      file,
      `ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
ServerName localhost
Listen 127.0.0.1:${port}
ListenBacklog 4096
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
ErrorLog "|/bin/cat"
LogLevel error
KeepAlive On
KeepAliveTimeout 60
MaxKeepAliveRequests 0
StartServers 1
ThreadLimit 128
ServerLimit 1
ThreadsPerChild 128
MaxRequestWorkers 128
AsyncRequestWorkerFactor 1000
DocumentRoot ${folder}
RewriteEngine On
RewriteMap drawn rnd:${map}
RewriteCond %{HTTP_COOKIE} (?:^|;\\s*)usher=web(${one}|${other})(?:;|$)
RewriteRule ^ - [E=TO:%1,E=BACK:1]
RewriteCond %{ENV:BACK} !=1
RewriteRule ^ - [E=TO:\${drawn:port}]
RewriteRule ^(.*)$ http://%{SERVER_NAME}:%{ENV:TO}$1 [R=302,NE,L]
UseCanonicalName Off
Header always set Cache-Control no-store
${affinity ? `Header always set Set-Cookie "usher=web%{TO}e; ${COOKIE_ATTRIBUTES}" env=!BACK` : ''}
`,
    );
    return { argv: ['apache2', '-D', 'FOREGROUND', '-d', folder, '-f', file] };
  },
};
