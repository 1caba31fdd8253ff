import { doorUrl } from '../config/door-url.ts';
import { ActionableError } from '../errors.ts';
import { askAdmin, type AdminAnswer, type AdminPlace, type AdminQuestion } from './ask-admin.ts';
import type { Io } from './command.ts';
import { openSecretPrompt } from './secret.ts';

/** Asks admin doors, and shows them the password. */
export interface Asker {
  readonly ask: (place: AdminPlace, question: Pick<AdminQuestion, 'path' | 'change'>) => Promise<AdminAnswer>;
  /** the same input and output for another asker, which need not ask for the password again */
  readonly io: () => Io;
}

/**
 * Makes an asker. The password is USHER_PASSWORD, or asked for once.
 *
 * @throws ActionableError when the door does not answer, or wants another password
 */
export const createAsker = (io: Io): Asker => {
  let password = io.env['USHER_PASSWORD'];
  const askOnce: Asker['ask'] = ({ host, port }, question) =>
    askAdmin({ host, port, ...question, ...(password === undefined ? {} : { password }) });
  const ask: Asker['ask'] = async (place, question) => {
    const first = await askOnce(place, question);
    const isAsked = first.status === 401 && password === undefined && process.stdin.isTTY;
    if (!isAsked) return letIn(first, place);
    const prompt = openSecretPrompt(process.stdin, io.err);
    try {
      password = await prompt.ask('Password of the admin door: ');
    } finally {
      prompt.close();
    }
    return letIn(await askOnce(place, question), place);
  };
  return {
    ask,
    io: () => (password === undefined ? io : { ...io, env: { ...io.env, USHER_PASSWORD: password } }),
  };
};

const letIn = (answer: AdminAnswer, place: AdminPlace): AdminAnswer => {
  if (answer.status === 401) {
    throw new ActionableError(
      `The admin door at ${doorUrl('http', place)} wants the password, or another one.`,
      'Put it into the environment as USHER_PASSWORD.',
    );
  }
  if (answer.status === 429) {
    throw new ActionableError('The admin door has heard too many wrong passwords.', 'Wait some seconds.');
  }
  return answer;
};
