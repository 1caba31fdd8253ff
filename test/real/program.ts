import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, chmod, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './port.ts';

/** A real program under way. */
export interface Program {
  readonly pid: number;
  /** ends when the program does */
  readonly ended: Promise<void>;
  /** Sends it and its children a signal: SIGKILL for a crash, SIGSTOP for a freeze. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends it, by force if it must be. */
  readonly stop: () => Promise<void>;
}

/** What a program is started with. */
export interface ProgramOptions {
  /** a pipe closes when this process ends */
  readonly stdin?: 'ignore' | 'pipe';
  /** beside this process's own variables */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a program in the foreground and waits until it says that it is ready. Rejects with what it
 * said, if it ends before.
 */
export const startProgram = async (
  argv: readonly [string, ...string[]],
  ready: Pick<RegExp, 'test'>,
  debianPackage: string,
  { stdin = 'ignore', env = {} }: ProgramOptions = {},
): Promise<Program> => {
  const [file, ...words] = argv;
  const child = spawn(file, words, {
    stdio: [stdin, 'pipe', 'pipe'],
    env: { ...process.env, ...env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  const killAtExit = (): void => void child.kill('SIGTERM');
  process.once('exit', killAtExit);

  let said = '';
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      process.off('exit', killAtExit);
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) => {
      reject(new Error(`${file} does not start: apt install ${debianPackage}`, { cause: error }));
    });
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (ready.test(said)) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    void ended.then(() => {
      reject(new Error(`${file} ended before it was ready: ${said}`));
    });
  });

  return {
    pid: child.pid ?? 0,
    ended,
    signal: (name) => {
      for (const pid of family(child.pid)) send(pid, name);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return ended;
      for (const pid of family(child.pid)) send(pid, 'SIGCONT');
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(force);
      return undefined;
    },
  };
};

/** A process and its children; the parent first, for one that sees its child killed starts another. */
const family = (pid = 0): number[] => {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return [pid, ...children.split(' ').filter(Boolean).map(Number)];
  } catch {
    return [];
  }
};

const send = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // it has just ended
  }
};

/** A folder of its own under the system's temporary one, with these files; readable by the users that servers become. */
export const tempFolder = async (
  files: Readonly<Record<string, string | Buffer>> = {},
): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'usher-test-'));
  await chmod(folder, 0o755);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
};

/** Starts something on the given port, or on a free one: again on another, if somebody else was quicker. */
export const onPort = async <Started>(
  port: number | undefined,
  start: (port: number) => Promise<Started>,
): Promise<Started> => {
  if (port !== undefined) return start(port);
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (tries === 5 || !String(error).includes('Address already in use')) throw error;
    }
  }
};

/** Runs a program to its end and gives what it printed on standard output. */
export const output = async (argv: readonly [string, ...string[]]): Promise<string> => {
  const [file, ...words] = argv;
  const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}`);
  return text;
};
