import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { startDemo } from '../demo/demo.ts';
import type { DemoData } from '../demo/secondary.ts';
import { claimPort } from '../doors/threads/claim-port.ts';
import { loadView } from '../doors/pages/views.ts';
import { ActionableError } from '../errors.ts';
import { runConfig } from './run-config.ts';
import type { Running } from './running.ts';

const SECONDARY_PORTS = [8086, 8087] as const;
const WANTED_PORT = 80;
const SPARE_PORT = 8080;

/**
 * The demo: two sample secondaries, and a primary that runs by a config file as any other does, so that one can watch
 * visitors being sent on in a browser, and edit. Keeps nothing: the folder of that file goes when it ends.
 */
export const runDemo = async (running: Running): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-demo-'));
  const config = join(folder, 'usher.json');
  try {
    const { port, why } = await portToUse();
    await writeFile(config, configOf(port));
    const demo = await startDemo({
      hostPorts: SECONDARY_PORTS,
      primaryPort: port,
      view: loadView<DemoData>('demo'),
      clock: systemClock(),
    });
    try {
      await runConfig(config, {
        ...running,
        started: (urls) => {
          running.io.err(greeting(urls, { config, why }));
        },
      });
    } finally {
      await demo.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Port 80 as the article has it, or the spare one where this user or this machine refuses 80. */
const portToUse = async (): Promise<{ readonly port: number; readonly why: string | undefined }> => {
  try {
    await claimPort({ port: WANTED_PORT });
    return { port: WANTED_PORT, why: undefined };
  } catch (error) {
    if (!(error instanceof ActionableError)) throw error;
    return { port: SPARE_PORT, why: `${error.message} So the demo uses ${String(SPARE_PORT)}.` };
  }
};

/** A cookie lasts a minute here, so that one can watch the visitors of a draining secondary leave. */
const configOf = (port: number): string => `{
  "listen": ${String(port)},
  "affinity": { "for": "1m" },
  "checks": {
    "every": "2s",
    "ping": { "http": "/alive" },
    "load": { "apache": "/server-status?auto" }
  },
  "secondaries": [
${SECONDARY_PORTS.map((each) => `    { "port": ${String(each)} }`).join(',\n')}
  ]
}
`;

const greeting = (
  [primary = '', dashboard = '']: readonly string[],
  { config, why }: { readonly config: string; readonly why: string | undefined },
): string => {
  const rows = [
    [primary, 'the primary: sends you on, and back to the same one by a cookie'],
    [`${primary}index.html`, 'ping-pong: another draw at every visit'],
    ...SECONDARY_PORTS.map((port) => [
      `http://localhost:${String(port)}/`,
      'a sample secondary; it can be sick, or gone',
    ]),
    [dashboard, 'the dashboard; it edits the config'],
    [config, 'the config: edit it while this runs'],
  ];
  return [
    '',
    ...(why === undefined ? [] : [why, '']),
    'There is no usher.json here, so this is the demo:',
    '',
    ...rows.map(([where = '', what = '']) => `  ${where.padEnd(34)} ${what}`),
    '',
    'Ctrl-C ends everything. "usher init" writes an usher.json for secondaries of your own.',
    '',
    '',
  ].join('\n');
};
