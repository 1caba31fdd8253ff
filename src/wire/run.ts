import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { attempt } from './attempt.ts';
import { failed, failureOf } from './failure.ts';
import type { Failed, Ran, Wire } from './wire.ts';

/** The longest output that is kept; what comes after it is read and thrown away. */
const MOST_BYTES = 65_536;

/** How long the output of a program that ended is waited for. */
const GRACE_MS = 100;

/**
 * Runs a program without a shell, with nothing in its environment but PATH and what is given,
 * and nothing on standard input but what is given. It and whatever it
 * started are killed when it ends, when the time is up, or when this process stops.
 *
 * @param path the PATH to look programs up in
 * @param until aborted when this process stops
 */
export const run = (
  { argv, env = {}, input, timeoutMs }: Parameters<Wire['run']>[0],
  path: string,
  until: AbortSignal,
): Promise<Ran | Failed> =>
  attempt<Ran>(timeoutMs, until, (settle) => {
    const [program, ...words] = argv;
    let child: ChildProcess;
    try {
      child = spawn(program, words, {
        // a process group of its own, so that its children can be killed with it
        detached: true,
        env: { PATH: path, ...env },
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      });
    } catch (error) {
      settle(cannotRun(program, error));
      return { doing: () => program, stop: () => undefined };
    }

    // one that ends without reading it is no error
    child.stdin?.on('error', () => undefined).end(input);
    const output = gather(child.stdout);
    const complaint = gather(child.stderr);
    child.on('error', (error) => {
      settle(cannotRun(program, error));
    });
    let grace: NodeJS.Timeout | undefined;
    child.on('exit', (code, signal) => {
      killGroup(child);
      const end = (): void => {
        settle(
          code === null
            ? failed('command', `${program} was ended by ${signal ?? 'a signal'}`)
            : { ok: true, code, output: output(), complaint: complaint() },
        );
      };
      // 'close' says that all output is here, but whoever left the group with it in his hands may hold it open for ever
      child.once('close', end);
      grace = setTimeout(end, GRACE_MS);
    });

    return {
      doing: () => program,
      stop: () => {
        clearTimeout(grace);
        if (child.exitCode === null && child.signalCode === null) killGroup(child);
        child.stdin?.destroy();
        child.stdout?.destroy();
        child.stderr?.destroy();
      },
    };
  });

const cannotRun = (program: string, error: unknown): Failed => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return failed('command', `${program} is not there`);
  if (code === 'EACCES') return failed('command', `${program} may not be run`);
  const { failure, detail } = failureOf(error);
  if (failure === 'exhausted') return failed('exhausted', `${program} cannot be run: ${detail}`);
  return failed('command', `${program} cannot be run: ${detail}`);
};

const gather = (stream: Readable | null): (() => string) => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (bytes >= MOST_BYTES) return;
    chunks.push(chunk);
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8');
};

const killGroup = ({ pid }: ChildProcess): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nobody is left in the group
  }
};
