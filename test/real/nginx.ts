import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { WebServer, WebServerWishes } from './apache.ts';
import { onPort, startProgram, tempFolder } from './program.ts';

/** What a test wants of an nginx. */
export interface NginxWishes extends WebServerWishes {
  /** further lines of configuration, in front of the one site it has */
  readonly before?: string;
}

/** Starts Debian's nginx with stub_status at /nginx-status, as root or as an ordinary user. */
export const startNginx = (wishes: NginxWishes = {}): Promise<WebServer> =>
  onPort(wishes.port, async (port) => {
    const host = wishes.host ?? '127.0.0.1';
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const index = { 'index.html': `<!doctype html><title>nginx ${port}</title><p>nginx ${port}</p>\n` };
    const site = await tempFolder(wishes.files ?? index);
    const own = await tempFolder();
    const file = path.join(own.folder, 'nginx.conf');
    const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    await writeFile(
      file,
      `daemon off;
${process.getuid?.() === 0 ? 'user www-data;' : ''}
worker_processes 1;
pid ${own.folder}/pid;
error_log stderr notice;
events { worker_connections 512; }
http {
  include /etc/nginx/mime.types;
  access_log off;
  ${wishes.before ?? ''}
  ${temps.map((name) => `${name}_temp_path ${own.folder}/${name};`).join('\n  ')}
  server {
    listen ${address};
    root ${site.folder};
    location = /nginx-status { stub_status; }
    ${wishes.config ?? ''}
  }
}
`,
    );
    const remove = async (): Promise<void> => {
      await Promise.all([site.remove(), own.remove()]);
    };
    try {
      const program = await startProgram(
        ['nginx', '-p', own.folder, '-e', 'stderr', '-c', file],
        /start worker process \d+/,
        'nginx-light',
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
