import type { ReadStream } from 'node:tty';
import { ActionableError } from '../errors.ts';

/** What a terminal sends for these keys. */
const ENTER = /[\r\n]/;
const BACKSPACE = /[\x08\x7f]/;
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';

/** More than this is no password but a file on the wrong command. */
const MOST_BYTES = 4096;

/** Asks for secrets on a terminal, one after the other; nothing that is typed is shown. */
export interface SecretPrompt {
  readonly ask: (question: string) => Promise<string>;
  readonly close: () => void;
}

/** Takes the terminal over until `close`. @param say where the questions go */
export const openSecretPrompt = (input: ReadStream, say: (text: string) => void): SecretPrompt => {
  let typed: string[] = [];
  let waiting: { resolve: (secret: string) => void; reject: (error: Error) => void } | undefined;
  let early = '';

  const take = (key: string): void => {
    if (key === CTRL_C || (key === CTRL_D && typed.length === 0)) {
      waiting?.reject(new ActionableError('No password was given.', 'Run "usher password" again.'));
      waiting = undefined;
    } else if (ENTER.test(key) || key === CTRL_D) {
      waiting?.resolve(typed.join(''));
      waiting = undefined;
    } else if (BACKSPACE.test(key)) typed.pop();
    else if (key === CTRL_U) typed = [];
    else if (key >= ' ') typed.push(key);
  };

  // Who pastes two lines at once has answered both questions.
  const hear = (text: string): void => {
    early += text;
    while (waiting !== undefined && early !== '') {
      const [key = ''] = early;
      early = early.slice(key.length);
      take(key);
    }
  };

  input.setRawMode(true);
  input.setEncoding('utf8');
  input.on('data', hear);

  return {
    ask: async (question) => {
      say(question);
      typed = [];
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      waiting = { resolve, reject };
      hear('');
      try {
        return await promise;
      } finally {
        say('\n');
      }
    },
    close: () => {
      input.off('data', hear);
      input.setRawMode(false);
      input.pause();
    },
  };
};

/** The whole of what is piped in, without the newline that `echo` adds. */
export const readPipedSecret = async (input: NodeJS.ReadableStream): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > MOST_BYTES) {
      throw new ActionableError(
        'That is too long for a password.',
        'Pipe in the password alone, at most 4 KiB.',
      );
    }
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
};
