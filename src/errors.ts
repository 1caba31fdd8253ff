/** Exit codes of the commands: fine; the answer is no; wrong use. */
export type ExitCode = 0 | 1 | 2;

/**
 * Something a person must act on: says what is wrong and what to do about it. Printed as a sentence, never with a stack
 * trace; anything else that is thrown is a bug of ours.
 */
export class ActionableError extends Error {
  /** what to do about it */
  readonly remedy: string;
  readonly exitCode: ExitCode;

  /** @param what what is wrong, a whole sentence */
  constructor(what: string, remedy: string, exitCode: ExitCode = 1) {
    super(what);
    this.name = 'ActionableError';
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}
