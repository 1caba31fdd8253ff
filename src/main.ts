import type { Io } from './cli/command.ts';
import { commands } from './cli/index.ts';
import { ActionableError, type ExitCode } from './errors.ts';

const { stdin, stdout, stderr, env } = process;

const io: Io = {
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  ...(stdin.isTTY
    ? {
        ask: async (question: string) => {
          const { createInterface } = await import('node:readline/promises');
          const lines = createInterface({ input: stdin, output: stdout });
          const answer = await lines.question(question);
          lines.close();
          return answer;
        },
      }
    : {}),
  cwd: process.cwd(),
  env,
  isTty: stdout.isTTY,
  color: stdout.isTTY && (env['NO_COLOR'] ?? '') === '',
};

const run = async ([verb = 'help', ...args]: readonly string[]): Promise<ExitCode> => {
  if (['help', '--help', '-h'].includes(verb)) return (await import('./cli/help.ts')).help(args[0], io);
  if (['version', '--version', '-v'].includes(verb)) {
    io.out(`usher ${(await import('./version.ts')).version}\n`);
    return 0;
  }
  const load = commands[verb];
  if (load === undefined) throw (await import('./cli/help.ts')).noSuchVerb(verb);
  if (args.includes('--help') || args.includes('-h')) return (await import('./cli/help.ts')).help(verb, io);
  return (await load()).run(args, io);
};

/** Verbs that serve somebody: a log that cannot be written must not end them. */
const SERVING: readonly (string | undefined)[] = ['start', 'worker', 'report'];

// A reader that went away (`usher status | head`) is no error.
let isTold = false;
stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE' || isTold) return;
  isTold = true;
  io.err(`usher: what stands on standard output is not whole: ${message}.\n`);
  if (!SERVING.includes(process.argv[2])) process.exitCode = 1;
});
stderr.on('error', () => undefined);

try {
  const exitCode = await run(process.argv.slice(2));
  process.exitCode ??= exitCode;
} catch (error) {
  if (!(error instanceof ActionableError)) throw error;
  io.err(`usher: ${error.message}\n       ${error.remedy}\n`);
  process.exitCode = error.exitCode;
}
