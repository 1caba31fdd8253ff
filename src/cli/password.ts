import type { ReadStream } from 'node:tty';
import { hashPassword } from '../doors/admin/password.ts';
import { ActionableError } from '../errors.ts';
import type { Command, Io } from './command.ts';
import { readOptions } from './options.ts';
import { openSecretPrompt, readPipedSecret } from './secret.ts';

/** NIST SP 800-63B: fewer are guessed. */
const FEWEST = 8;
/** The door takes no longer one. */
const MOST = 1024;

/** `usher password`: what stands in the config instead of the password. */
export const password: Command = {
  summary: 'Asks for a password and prints the line for "admin" in the config that proves it.',
  usage: 'usher password',
  help: `
Asks twice and shows nothing of what is typed. Where no terminal is, the password is read from standard input:

  printf %s "$PASSWORD" | usher password

Put the line it prints into the config, and start Usher anew:

  "admin": { "listen": "0.0.0.0:8079", "password": "scrypt$…" }

The password itself is kept nowhere. Any user name goes with it.`,
  run: async (args, io) => {
    readOptions(args, {}, password);
    const secret = process.stdin.isTTY
      ? await askTwice(process.stdin, io)
      : await readPipedSecret(process.stdin);
    const { length } = secret;
    if (length < FEWEST || length > MOST) {
      throw new ActionableError(
        length === 0
          ? 'No password was given.'
          : `A password of ${String(length)} characters is too ${length < FEWEST ? 'short' : 'long'}.`,
        `Take one of ${String(FEWEST)} characters or more.`,
      );
    }
    io.out(`${await hashPassword(secret)}\n`);
    return 0;
  },
};

const askTwice = async (input: ReadStream, io: Io): Promise<string> => {
  const prompt = openSecretPrompt(input, io.err);
  try {
    const first = await prompt.ask('Password: ');
    if (first === (await prompt.ask('Once more: '))) return first;
    throw new ActionableError('The two are not the same.', 'Run "usher password" again.');
  } finally {
    prompt.close();
  }
};
