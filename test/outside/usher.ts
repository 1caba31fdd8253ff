import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Entry } from '../../src/journal.ts';
import { freePort } from '../real/port.ts';

/** The launcher of this checkout. */
export const launcher = fileURLToPath(new URL('../../src/usher.js', import.meta.url));

/** How a child process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

type EventOf<Type extends Entry['type']> = Extract<Entry, { readonly type: Type }>;

/** A running Usher, seen from outside. */
export interface Usher {
  readonly pid: number;
  readonly port: number;
  /** of the public door, without a slash at the end */
  readonly url: string;
  readonly adminUrl: string;
  /** its own temporary folder: working directory, config and state */
  readonly folder: string;
  readonly configFile: string;
  readonly events: readonly Entry[];
  /** The first event of this type, past or to come, that fits; looks at none of the first `after`. */
  readonly event: <Type extends Entry['type']>(
    type: Type,
    options?: {
      readonly fits?: (event: EventOf<Type>) => boolean;
      readonly after?: number;
      readonly withinMs?: number;
    },
  ) => Promise<EventOf<Type>>;
  /** everything it printed, on both outputs */
  readonly printed: () => string;
  /** Replaces the config in one step, as an editor does. */
  readonly edit: (config: object | string) => void;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ended>;
  /** SIGTERM, and SIGKILL where that does not help within 8 s; its folder goes too. */
  readonly stop: () => Promise<Ended>;
}

export interface UsherOptions {
  /** merged into the whole config: a free public and admin port are there already */
  readonly config: Readonly<Record<string, unknown>>;
  /** runs before the start, in the folder that is about to become its own */
  readonly prepare?: (folder: string) => void;
  readonly port?: number;
  /** goes on in the folder of one that has ended, as after a restart */
  readonly keep?: Usher;
  /** in front of `node src/usher.js`, e.g. `setpriv --reuid nobody` */
  readonly wrapper?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<Usher>();

afterEach((t) => {
  if ('passed' in t && !t.passed) for (const usher of running) tellLog(usher);
});
after(async () => {
  await Promise.all([...running].map((usher) => usher.stop()));
});

const tellLog = (usher: Usher): void => {
  process.stderr.write(`--- usher ${usher.pid} printed:\n${usher.printed().slice(-8_000)}\n---\n`);
};

/** The environment of a child: nothing of the test runner, no colours. */
export const childEnv = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
  return { ...env, NO_COLOR: '1', ...more };
};

/**
 * Dies with its parent, however that ends, so that not even a killed test run leaves a process behind.
 *
 * @returns program and arguments
 */
export const mortal = (argv: readonly string[]): [string, string[]] => [
  'setpriv',
  ['--pdeathsig', 'KILL', ...argv],
];

/** Starts `usher start` as a child process and waits until it says that it has started. */
export const startUsher = async (options: UsherOptions): Promise<Usher> => {
  const port = options.port ?? (await freePort());
  const adminPort = await freePort();
  const folder = options.keep?.folder ?? mkdtempSync(join(tmpdir(), 'usher-outside-'));
  const configFile = join(folder, 'usher.json');
  const write = (config: object | string): void => {
    const text = typeof config === 'string' ? config : JSON.stringify(complete(config), null, 2);
    writeFileSync(`${configFile}.new`, text);
    renameSync(`${configFile}.new`, configFile);
  };
  const complete = (config: object): object => ({
    listen: [{ host: '127.0.0.1', port }],
    admin: { listen: `127.0.0.1:${adminPort}` },
    ...config,
  });
  write(options.config);
  options.prepare?.(folder);

  const [program, args] = mortal([
    ...(options.wrapper ?? []),
    ...[process.execPath, launcher, 'start', '--config', configFile],
  ]);
  const child = spawn(program, args, {
    cwd: folder,
    env: childEnv(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  const events: Entry[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    text += `${line}\n`;
    if (!line.startsWith('{')) return;
    events.push(JSON.parse(line) as Entry);
    for (const look of [...waiting]) look();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));

  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal }));

  const event: Usher['event'] = (type, { fits = () => true, after = 0, withinMs = 30_000 } = {}) =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      const look = (): void => {
        const found = events
          .slice(after)
          .find(
            (event): event is EventOf<typeof type> =>
              event.type === type && fits(event as EventOf<typeof type>),
          );
        if (found === undefined) return;
        end();
        resolve(found);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`no event "${type}" that fits within ${withinMs} ms`));
      }, withinMs);
      waiting.add(look);
      look();
      void ended.then(({ code, signal }) => {
        end();
        reject(new Error(`usher ended (${code ?? signal}) before an event "${type}" that fits:\n${text}`));
      });
    });

  const usher: Usher = {
    pid: child.pid ?? 0,
    port,
    url: `http://127.0.0.1:${port}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    folder,
    configFile,
    events,
    event,
    printed: () => text,
    edit: write,
    signal: (signal) => void child.kill(signal),
    ended,
    stop: async () => {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const lastWord = setTimeout(() => child.kill('SIGKILL'), 8_000);
      const how = await ended;
      clearTimeout(lastWord);
      running.delete(usher);
      rmSync(folder, { recursive: true, force: true });
      return how;
    },
  };
  running.add(usher);
  try {
    await event('started');
  } catch (error) {
    await usher.stop();
    throw error;
  }
  return usher;
};

/** Runs a command of Usher to its end. */
export const runUsher = async (
  args: readonly string[],
  {
    cwd = tmpdir(),
    wrapper = [],
    env = {},
  }: { cwd?: string; wrapper?: readonly string[]; env?: Record<string, string> } = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> => {
  const [program, argv] = mortal([...wrapper, process.execPath, launcher, ...args]);
  const child = spawn(program, argv, {
    cwd,
    env: childEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  const [code] = await once(child, 'close');
  return { code, out, err };
};
