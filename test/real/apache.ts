import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Origin } from '../../src/model/secondary.ts';
import { onPort, startProgram, tempFolder } from './program.ts';
import type { Program } from './program.ts';

/** A real web server with a document root of its own. */
export interface WebServer extends Omit<Program, 'stop'> {
  readonly origin: Origin;
  readonly port: number;
  /** its folder of pages; what a test writes there is served */
  readonly root: string;
  /** Ends it and removes its folders. */
  readonly stop: () => Promise<void>;
}

/** What a test wants of one. */
export interface WebServerWishes {
  /** absent: a free one */
  readonly port?: number;
  /** address to listen on, IPv6 without brackets; absent: 127.0.0.1 */
  readonly host?: string;
  /** pages by their path under the document root; absent: an index.html that names the server and its port */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** further lines of configuration, in the one site it has */
  readonly config?: string;
}

const MODULES = '/usr/lib/apache2/modules';

/**
 * Starts Debian's Apache (MPM event) with mod_status at /server-status, as root or as an ordinary user. Modules at hand
 * for `config`: alias, cgid, headers, rewrite, setenvif.
 */
export const startApache = (wishes: WebServerWishes = {}): Promise<WebServer> =>
  onPort(wishes.port, async (port) => {
    const host = wishes.host ?? '127.0.0.1';
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const index = { 'index.html': `<!doctype html><title>apache ${port}</title><p>apache ${port}</p>\n` };
    const site = await tempFolder(wishes.files ?? index);
    const own = await tempFolder();
    const file = path.join(own.folder, 'apache.conf');
    const modules = [
      'mpm_event',
      'authz_core',
      'dir',
      'mime',
      'status',
      'alias',
      'cgid',
      'headers',
      'rewrite',
      'setenvif',
    ];
    await writeFile(
      file,
      `ServerRoot ${own.folder}
DefaultRuntimeDir ${own.folder}
PidFile ${own.folder}/pid
ServerName localhost
Listen ${address}
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
ScriptSock ${own.folder}/cgisock
ErrorLog "|/bin/cat"
LogLevel notice
TypesConfig /etc/mime.types
StartServers 1
ServerLimit 2
ThreadsPerChild 25
MaxRequestWorkers 50
DocumentRoot ${site.folder}
DirectoryIndex index.html
<Directory ${site.folder}>
  AllowOverride All
  Require all granted
</Directory>
<Location /server-status>
  SetHandler server-status
</Location>
${wishes.config ?? ''}
`,
    );
    const remove = async (): Promise<void> => {
      await Promise.all([site.remove(), own.remove()]);
    };
    try {
      const program = await startProgram(
        ['apache2', '-D', 'FOREGROUND', '-d', own.folder, '-f', file],
        /resuming normal operations/,
        'apache2',
      );
      const stop = async (): Promise<void> => {
        await program.stop();
        await remove();
      };
      return { ...program, origin: `http://${address}` as const, port, root: site.folder, stop };
    } catch (error) {
      await remove();
      throw error;
    }
  });
