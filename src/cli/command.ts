import type { ExitCode } from '../errors.ts';

/** What a command may touch of the terminal it runs in. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Asks the person; absent where nobody can answer. */
  readonly ask?: (question: string) => Promise<string>;
  /** folder that relative paths are meant from */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTty: boolean;
  /** colours are wanted: a terminal, and no `NO_COLOR` */
  readonly color: boolean;
}

/** One verb of `usher`. */
export interface Command {
  /** one sentence for `usher help` */
  readonly summary: string;
  /** the line after `usage:` */
  readonly usage: string;
  /** options and examples, for `usher help VERB` */
  readonly help: string;
  /** Runs to the end. Throws an `ActionableError` where a person must act. */
  readonly run: (args: readonly string[], io: Io) => Promise<ExitCode>;
}
