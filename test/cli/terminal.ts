import type { Io } from '../../src/cli/command.ts';

/** What a command printed. */
export interface Printed {
  readonly io: Io;
  readonly out: () => string;
  readonly err: () => string;
}

/** A terminal that keeps what is printed. */
export const terminal = (more: Partial<Io> = {}): Printed => {
  let out = '';
  let err = '';
  return {
    io: {
      out: (text) => (out += text),
      err: (text) => (err += text),
      cwd: '/',
      env: {},
      isTty: false,
      color: false,
      ...more,
    },
    out: () => out,
    err: () => err,
  };
};
