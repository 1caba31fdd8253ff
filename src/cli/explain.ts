import { isIP } from 'node:net';
import type { Explained } from '../doors/why/explain.ts';
import { ActionableError } from '../errors.ts';
import { unbracketed } from '../model/ip-literal.ts';
import type { Command } from './command.ts';
import { explainId } from './explain-id.ts';
import { explainNow } from './explain-now.ts';
import { readOptions } from './options.ts';
import { plain } from './plain.ts';
import { table } from './table.ts';

/** `usher explain`: the decision for one visitor, and why. */
export const explain: Command = {
  summary: 'Says whom a visitor would be sent to, and why nobody else.',
  usage:
    'usher explain [--path /x] [--from 203.0.113.9] [--cookie V] [--host NAME] [--config usher.json | --admin URL] [--json]\n       usher explain --id DECISION [--config usher.json | --admin URL] [--json]',
  help: `
  --path /x          the target he asks for; / by default
  --from ADDRESS     his address; 127.0.0.1 by default
  --cookie VALUE     the value of his cookie, or the whole Cookie header
  --host NAME        the host he asks for; the first of "names", or localhost
  --config FILE      the config; without it usher.json in this folder, or that of the demo that runs
  --json             the decision as JSON
  --id DECISION      a decision that a running Usher made; with "debug" each answer names its own: X-Usher-Decision
  --admin URL        the admin door to ask, such as http://127.0.0.1:8079; no config is read then

The Usher that runs by this config is asked, for only it knows whom it sent where. Where none runs, what is known of the
secondaries is read from the two files where they are fresh, else asked now, and whom it sent where counts as nothing.
Exit code 1 if nobody can take him.`,
  run: async (args, io) => {
    const { values } = readOptions(args, OPTIONS, explain);
    if (values.id !== undefined) return explainId({ ...values, id: values.id }, { usage: explain.usage, io });
    if (isIP(unbracketed(values.from)) === 0) {
      throw new ActionableError(
        `--from ${values.from} is no address.`,
        `An IPv4 or IPv6 address fits, such as 203.0.113.9.\n       usage: ${explain.usage}`,
        2,
      );
    }
    const told = await explainNow(values, { usage: explain.usage, io });
    if ('words' in told) {
      if (told.isRefused) throw new ActionableError(plain(told.words), `usage: ${explain.usage}`);
      io.out(`${plain(told.words)}\n`);
      return 0;
    }
    io.out(values.json === true ? `${JSON.stringify(told, undefined, 2)}\n` : print(told));
    return told.decision === 'none' ? 1 : 0;
  },
};

const OPTIONS = {
  path: { type: 'string', default: '/' },
  from: { type: 'string', default: '127.0.0.1' },
  cookie: { type: 'string' },
  host: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean' },
  id: { type: 'string' },
  admin: { type: 'string' },
} as const;

const print = (explained: Explained): string => {
  const { decision, secondary, because, location, cookie, secondaries, known } = explained;
  const outcome =
    decision === 'none' || secondary === undefined
      ? 'Nobody can take this visitor.'
      : `He is sent to ${secondary} (${because ?? ''}): ${location ?? ''}`;
  const rows = secondaries.map(({ id, what, state, health, weight, score, why }) => [
    id,
    what,
    state,
    health,
    weight === undefined ? '-' : String(weight),
    score === undefined ? '-' : String(score),
    why,
  ]);
  const found = cookie === undefined ? '' : `His cookie ${plain(cookie)}.\n`;
  return `${plain(outcome)}\n${found}\n${table(['SECONDARY', 'DECISION', 'STATE', 'HEALTH', 'WEIGHT', 'SCORE', 'WHY'], rows)}\nknown ${known.split('\n').map(plain).join('\n')}\n`;
};
