import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrimary } from '../app.ts';
import { systemClock } from '../clock.ts';
import { inOrder } from '../config/in-order.ts';
import { settingsFrom } from '../config/load.ts';
import { startDemo } from '../demo/demo.ts';
import type { DemoData } from '../demo/secondary.ts';
import { claimPort } from '../doors/claim-port.ts';
import { loadView } from '../doors/views.ts';
import { ActionableError } from '../errors.ts';
import { registries } from '../registries.ts';
import { version } from '../version.ts';
import type { Running } from './running.ts';

const SECONDARY_PORTS = [8086, 8087] as const;
const WANTED_PORT = 80;
const SPARE_PORT = 8080;

/**
 * The demo: two sample secondaries, the worker, the primary and the dashboard, so that one can watch visitors being sent
 * on in a browser. Keeps nothing: its state folder goes when it ends.
 */
export const runDemo = async ({ io, stopped, journal, ...told }: Running): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-demo-'));
  try {
    const { port, why } = await portToUse();
    const parsed = await settingsFrom(
      {
        listen: port,
        checks: { files: folder, ping: { http: '/alive' }, load: { apache: '/server-status?auto' } },
        secondaries: SECONDARY_PORTS.map((each) => ({ port: each })),
      },
      registries,
      folder,
    );
    const settings = inOrder(parsed, 'The config of the demo');
    const demo = await startDemo({
      hostPorts: SECONDARY_PORTS,
      primaryPort: port,
      view: loadView<DemoData>('demo'),
      clock: systemClock(),
    });
    try {
      const primary = await startPrimary({
        ...told,
        journal,
        settings,
        mistakes: () => [],
        lost: () => undefined,
      });
      journal({ type: 'started', version, urls: primary.urls });
      io.err(greeting(primary.urls, why));
      const because = await stopped;
      await primary.stop();
      journal({ type: 'stopped', because });
    } finally {
      await demo.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Port 80 as the article has it, or the spare one where this user or this machine refuses 80. */
const portToUse = async (): Promise<{ readonly port: number; readonly why?: string }> => {
  try {
    await claimPort({ port: WANTED_PORT });
    return { port: WANTED_PORT };
  } catch (error) {
    if (!(error instanceof ActionableError)) throw error;
    return { port: SPARE_PORT, why: `${error.message} So the demo uses ${String(SPARE_PORT)}.` };
  }
};

const greeting = ([primary = '', dashboard = '']: readonly string[], why: string | undefined): string =>
  [
    '',
    ...(why === undefined ? [] : [why, '']),
    'There is no usher.json here, so this is the demo:',
    '',
    `  ${primary.padEnd(32)} the primary: sends you on, and back to the same one by a cookie`,
    `  ${`${primary}index.html`.padEnd(32)} ping-pong: another draw at every visit`,
    ...SECONDARY_PORTS.map(
      (port) => `  ${`http://localhost:${String(port)}/`.padEnd(32)} a sample secondary`,
    ),
    `  ${dashboard.padEnd(32)} the dashboard`,
    '',
    'Ctrl-C ends everything. "usher init" writes an usher.json for secondaries of your own.',
    '',
    '',
  ].join('\n');
