import type { Command, Io } from '../../src/cli/command.ts';
import { ActionableError, type ExitCode } from '../../src/errors.ts';

/** What a command did, as its user sees it. */
export interface Run {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
  /** what it asked */
  readonly asked: readonly string[];
}

/** Runs a command in a folder, without a terminal, or with a person who gives these answers. */
export const runCommand = async (
  command: Command,
  args: readonly string[],
  { cwd, answers }: { readonly cwd: string; readonly answers?: readonly string[] },
): Promise<Run> => {
  let out = '';
  let err = '';
  const asked: string[] = [];
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ...(answers === undefined
      ? {}
      : {
          ask: async (question: string) => {
            asked.push(question);
            return answers[asked.length - 1] ?? '';
          },
        }),
    cwd,
    env: {},
    isTty: answers !== undefined,
    color: false,
  };
  try {
    const code = await command.run(args, io);
    return { code, out, err, asked };
  } catch (error) {
    if (!(error instanceof ActionableError)) throw error;
    return { code: error.exitCode, out, err: `${error.message} ${error.remedy}`, asked };
  }
};
