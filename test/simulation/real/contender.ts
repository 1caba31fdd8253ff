import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SITEFILE } from '../../../src/stores/pool-file.ts';
import { freePort } from '../../real/port.ts';
import { startProgram, tempFolder } from '../../real/program.ts';
import { startLeastLine } from './least-line.ts';

/** A way to send visitors on, for real. */
export interface Contender {
  readonly title: string;
  readonly policy: string;
  readonly checks: Readonly<Record<string, unknown>>;
  /** absent: their true speeds */
  readonly weights?: readonly number[];
  /** not the program itself, but a page that goes by the least line of its worker's file */
  readonly isLeastLine?: boolean;
}

/** A primary that answers. */
export interface Running {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const launcher = fileURLToPath(new URL('../../../src/usher.js', import.meta.url));
const END_WITH_PARENT = new URL('end-with-parent.ts', import.meta.url).href;

/** Starts a primary for the secondaries on these ports of loopback, and waits until it knows them. */
export const startContender = async (
  { policy, checks, weights, isLeastLine = false }: Contender,
  { ports, speeds }: { readonly ports: readonly number[]; readonly speeds: readonly number[] },
): Promise<Running> => {
  const port = await freePort();
  const config = {
    listen: [{ host: '127.0.0.1', port }],
    admin: { listen: `127.0.0.1:${await freePort()}` },
    threads: 1,
    policy,
    checks: { ping: { http: '/alive' }, load: { json: '/load.json' }, ...checks },
    secondaries: ports.map((of, at) => ({ port: of, weight: (weights ?? speeds)[at] })),
  };
  const { folder, remove } = await tempFolder();
  const file = join(folder, 'usher.json');
  await writeFile(file, JSON.stringify(config));
  const verb = isLeastLine ? 'worker' : 'start';
  const program = await startProgram(
    [process.execPath, '--import', END_WITH_PARENT, launcher, verb, '--config', file],
    /"type":"(?:started|health-changed)"/,
    'nodejs',
    { stdin: 'pipe', env: { ENDS_WITH_PARENT: '1' } },
  ).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const end = async (): Promise<void> => {
    await program.stop();
    await remove();
  };
  try {
    const state = join(folder, 'state');
    const page = isLeastLine
      ? await startLeastLine(state, (id) => Number(id.replace('web', '')))
      : { port, close: () => {} };
    await until(() => (isLeastLine ? existsSync(join(state, SITEFILE)) : sendsOn(port)));
    return {
      port: page.port,
      stop: () => {
        page.close();
        return end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
};

const sendsOn = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/alive', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 302);
    }).once('error', () => resolve(false));
  });

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('a primary did not find its secondaries within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
