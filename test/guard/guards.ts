import { appendFileSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
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

/** The file that drains a server, as it stands in every file of the kit. */
const DRAIN = '/run/usher-drain';

/** A file of the kit, set by whoever copies it. */
const fileOf = async (name: string, { primary, folder }: Place): Promise<string> =>
  (await readFile(path.join(kit, name), 'utf8'))
    .replace(EXAMPLE, primary)
    .replaceAll(DRAIN, path.join(folder, 'drain'));

interface Place {
  readonly primary: string;
  /** of the file that drains it, and of its log */
  readonly folder: string;
}

/** A secondary with a guard; it shows a page at `/`, `/docs/` and `/docs/page.html`, and a picture at `/dot.svg`. */
export interface Guarded {
  readonly port: number;
  /** Drains it, or ends that. */
  readonly drain: () => Promise<void>;
  readonly undrain: () => Promise<void>;
  /** The assignments that stand in its log, one a page that it showed. */
  readonly assignments: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

const PAGE = '<!doctype html><title>Docs</title><p>what was wanted</p>\n';
const files = {
  'index.html': PAGE,
  'docs/index.html': PAGE,
  'docs/page.html': PAGE,
  'dot.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

/** A web server with a guard, as its program starts it. */
type Start = (place: Place) => Promise<{ readonly port: number; readonly stop: () => Promise<void> }>;

const startExpress: Start = ({ primary, folder }) => {
  const app = express();
  app.use(guard({ primary, id: 'web1', drain: path.join(folder, 'drain') }));
  app.get('/dot.svg', (_, response) => void response.type('svg').send(files['dot.svg']));
  app.use((request, response) => {
    const { usherAssignment = '-' } = request as typeof request & { usherAssignment?: string };
    appendFileSync(path.join(folder, 'log'), `${usherAssignment}\n`);
    response.type('html').send(PAGE);
  });
  return startWebServer(app);
};

const startPhp: Start = ({ primary, folder: place }) =>
  onPort(undefined, async (port) => {
    const page = `<?php require '${kit}/guard.php'; if ($_SERVER['REQUEST_URI'] === '/dot.svg') header('Content-Type: image/svg+xml'); else file_put_contents('${place}/log', $_SERVER['USHER_ASSIGNMENT'] . "\\n", FILE_APPEND); echo '${PAGE}';`;
    const { folder, remove } = await tempFolder({ 'page.php': page });
    const program = await startProgram(
      [
        ...(['env', `USHER_PRIMARY=${primary}`, `USHER_DRAIN=${place}/drain`] as const),
        ...['php', '-S', `127.0.0.1:${port}`, `${folder}/page.php`],
      ],
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

const startGuardedApache: Start = async (place) =>
  startApache({
    files,
    config: `LogFormat "%{USHER_ASSIGNMENT}e" usher
CustomLog ${place.folder}/log usher "expr=%{REQUEST_STATUS} == 200 && %{REQUEST_URI} != '/dot.svg'"
${await fileOf('apache.conf', place)}`,
  });

const startGuardedNginx: Start = async (place) =>
  startNginx({
    files,
    before: `${await fileOf('nginx-http.conf', place)}
log_format usher $usher_assignment;
map "$status $uri" $is_page { default 0; "~^200 (?!/dot)" 1; }`,
    config: `access_log ${place.folder}/log usher if=$is_page;
${await fileOf('nginx-site.conf', place)}`,
  });

const placed =
  (start: Start) =>
  async (primary: string): Promise<Guarded> => {
    const { folder, remove } = await tempFolder({ log: '' });
    await chmod(path.join(folder, 'log'), 0o666);
    const { port, stop } = await start({ primary, folder });
    return {
      port,
      drain: () => writeFile(path.join(folder, 'drain'), ''),
      undrain: () => rm(path.join(folder, 'drain')),
      assignments: async () =>
        (await readFile(path.join(folder, 'log'), 'utf8')).trim().split('\n').filter(Boolean),
      stop: async () => {
        await stop();
        await remove();
      },
    };
  };

/** The guards by the web server they are for. */
export const guards: Readonly<Record<string, (primary: string) => Promise<Guarded>>> = {
  express: placed(startExpress),
  apache: placed(startGuardedApache),
  nginx: placed(startGuardedNginx),
  php: placed(startPhp),
};
