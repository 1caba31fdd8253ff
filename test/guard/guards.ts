import { readFile } from 'node:fs/promises';
import path from 'node:path';
import express from 'express';
import { guard } from '../../ops/guard/express.js';
import { startApache } from '../real/apache.ts';
import { startNginx } from '../real/nginx.ts';
import { onPort, startProgram, tempFolder } from '../real/program.ts';
import { startWebServer } from '../real/web-server.ts';

const kit = path.join(import.meta.dirname, '../../ops/guard');

/** The address that stands in every file of the kit, to be set by whoever copies it. */
const EXAMPLE = 'http://www.example.org';

const fileOf = async (name: string, primary: string): Promise<string> =>
  (await readFile(path.join(kit, name), 'utf8')).replace(EXAMPLE, primary);

/** A secondary with a guard; it shows a page at `/`, `/docs/` and `/docs/page.html`, and a picture at `/dot.svg`. */
export interface Guarded {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const PAGE = '<!doctype html><title>Docs</title><p>what was wanted</p>\n';
const files = {
  'index.html': PAGE,
  'docs/index.html': PAGE,
  'docs/page.html': PAGE,
  'dot.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

const startExpress = (primary: string): Promise<Guarded> => {
  const app = express();
  app.use(guard({ primary }));
  app.get('/dot.svg', (_, response) => void response.type('svg').send(files['dot.svg']));
  app.use((_, response) => void response.type('html').send(PAGE));
  return startWebServer(app);
};

const startPhp = (primary: string): Promise<Guarded> =>
  onPort(undefined, async (port) => {
    const page = `<?php require '${kit}/guard.php'; if ($_SERVER['REQUEST_URI'] === '/dot.svg') header('Content-Type: image/svg+xml'); echo '${PAGE}';`;
    const { folder, remove } = await tempFolder({ 'page.php': page });
    const program = await startProgram(
      ['env', `USHER_PRIMARY=${primary}`, 'php', '-S', `127.0.0.1:${port}`, `${folder}/page.php`],
      /started/,
      'php-cli',
    );
    return {
      port,
      stop: async () => {
        await program.stop();
        await remove();
      },
    };
  });

/** The guards by the web server they are for. */
export const guards: Readonly<Record<string, (primary: string) => Promise<Guarded>>> = {
  express: startExpress,
  apache: async (primary) => startApache({ files, config: await fileOf('apache.conf', primary) }),
  nginx: async (primary) =>
    startNginx({
      files,
      before: await fileOf('nginx-http.conf', primary),
      config: await fileOf('nginx-site.conf', primary),
    }),
  php: startPhp,
};
