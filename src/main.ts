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

// A reader that went away (`usher status | head`) is no error.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ActionableError)) throw error;
  io.err(`usher: ${error.message}\n       ${error.remedy}\n`);
  process.exitCode = error.exitCode;
}
