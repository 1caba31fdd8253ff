import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

/** A command line, and the processors it may run on. */
export interface Start {
  readonly argv: readonly [string, ...string[]];
  /** as taskset has them; absent: any */
  readonly cpus?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** what a server says when it is ready; absent: it is as soon as it listens */
  readonly ready?: RegExp;
}

/** A program under way. */
export interface Program {
  readonly pid: number;
  readonly child: ChildProcess;
  /** everything it said on both outputs */
  readonly said: () => string;
  /** Ends it, by force if it must be. */
  readonly stop: () => Promise<void>;
}

/** Programs of which none outlives the benchmark. */
export interface Programs {
  readonly start: (start: Start) => Program;
  /** Starts a server and waits until somebody listens on its port. */
  readonly serve: (start: Start, port: number) => Promise<Program>;
  /** Runs a program to its end; gives what it printed. */
  readonly run: (start: Start) => Promise<string>;
  readonly stopAll: () => Promise<void>;
}

/** How long a server may take until it listens. */
const LISTENS_MS = 20_000;
/** How long it may take to end before it is killed. */
const ENDS_MS = 4_000;

/** @param stopped aborts what runs: nothing new is started then */
export const createPrograms = (stopped: AbortSignal): Programs => {
  const running = new Set<Program>();

  const start = ({ argv, cpus, env = {}, cwd }: Start): Program => {
    stopped.throwIfAborted();
    // Dies with its parent, however that ends; may open as many connections as this user is allowed to.
    const wrapper = [
      ...['setpriv', '--pdeathsig', 'KILL'],
      ...(cpus === undefined ? [] : ['taskset', '-c', cpus]),
      ...['bash', '-c', 'ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"; exec "$@"', 'bash'],
    ];
    const [file = '', ...words] = [...wrapper, ...argv];
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...own } = process.env;
    const PATH = `${own['PATH'] ?? ''}:/usr/sbin:/sbin`;
    const child = spawn(file, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...own, PATH, NO_COLOR: '1', ...env },
      // A signal from the terminal ends the benchmark, and that ends its programs, in order.
      detached: true,
      ...(cwd === undefined ? {} : { cwd }),
    });
    let said = '';
    const hear = (chunk: string): void => {
      said = (said + chunk).slice(-100_000);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.stdin.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => {
      child.once('close', () => {
        running.delete(program);
        resolve();
      });
      child.once('error', (error) => {
        said += error.message;
        running.delete(program);
        resolve();
      });
    });
    const program: Program = {
      pid: child.pid ?? 0,
      child,
      said: () => said,
      stop: async () => {
        child.kill('SIGTERM');
        const force = setTimeout(() => {
          killGroup(child.pid);
        }, ENDS_MS);
        await closed;
        clearTimeout(force);
        killGroup(child.pid);
      },
    };
    running.add(program);
    return program;
  };

  const serve = async (wanted: Start, port: number): Promise<Program> => {
    const program = start(wanted);
    const until = performance.now() + LISTENS_MS;
    while (!(wanted.ready?.test(program.said()) ?? true) || !(await listens(port))) {
      if (!running.has(program)) {
        throw new Error(`${wanted.argv.join(' ')} ended before it listened:\n${program.said()}`);
      }
      if (performance.now() > until || stopped.aborted) {
        await program.stop();
        stopped.throwIfAborted();
        throw new Error(`${wanted.argv.join(' ')} does not listen on ${port}:\n${program.said()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return program;
  };

  const run = async (wanted: Start): Promise<string> => {
    const program = start(wanted);
    const end = (): void => {
      killGroup(program.child.pid);
    };
    stopped.addEventListener('abort', end);
    const [code] = (await once(program.child, 'close')) as [number | null];
    stopped.removeEventListener('abort', end);
    stopped.throwIfAborted();
    if (code !== 0) throw new Error(`${wanted.argv.join(' ')} ended with ${code}:\n${program.said()}`);
    return program.said();
  };

  return {
    start,
    serve,
    run,
    stopAll: async () => {
      await Promise.all(Array.from(running, (program) => program.stop()));
    },
  };
};

/** Whatever is left of a program and its children. */
const killGroup = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
};

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
