import type { ReadStream } from 'node:tty';
import { hashPassword } from '../doors/admin/password.ts';
import { hashToken, newToken } from '../doors/admin/token.ts';
import { ActionableError } from '../errors.ts';
import { ID } from '../config/schema/leaves.ts';
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
  usage: 'usher password [--token NAME [--scope read|write]]',
  help: `
Asks twice and shows nothing of what is typed. Where no terminal is, the password is read from standard input:

  printf %s "$PASSWORD" | usher password

Put the line it prints into the config. Who may enter counts at once; where the door listens, after a new start:

  "admin": { "listen": "0.0.0.0:8079", "password": "scrypt$…" }

The password itself is kept nowhere. Any user name goes with it.

  --token NAME    makes a bearer token for a program instead, and prints it, once, with the entry for "tokens" under
                  "admin"; the program sends "Authorization: Bearer usher_…"
  --scope SCOPE   what it may do: read (if absent) looks, write edits the config too`,
  run: async (args, io) => {
    const { token, scope } = readOptions(args, OPTIONS, password).values;
    if (token !== undefined || scope !== undefined) return makeToken({ name: token, scope }, io);
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

const OPTIONS = { token: { type: 'string' }, scope: { type: 'string' } } as const;

interface WantedToken {
  readonly name: string | undefined;
  readonly scope: string | undefined;
}

const makeToken = ({ name, scope = 'read' }: WantedToken, io: Io): 0 => {
  if (name === undefined || !ID.test(name) || (scope !== 'read' && scope !== 'write')) {
    throw new ActionableError(
      name === undefined
        ? 'Whose token is it to be?'
        : ID.test(name)
          ? `"${scope}" is no scope.`
          : `"${name}" is no name for a token.`,
      `A name has lower-case letters, digits, ".", "_" and "-"; a scope is read or write.\n       usage: ${password.usage}`,
      2,
    );
  }
  const token = newToken();
  // The token alone on standard output: it may be piped to where it is needed.
  io.err(`In the config, under "admin", "tokens": [ … ]; it counts within two seconds:\n\n`);
  io.err(`  ${JSON.stringify({ name, scope, hash: hashToken(token) })}\n\nThe token, shown this once:\n\n`);
  io.out(`${token}\n`);
  return 0;
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
