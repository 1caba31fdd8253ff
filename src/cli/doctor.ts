import { lookup } from 'node:dns/promises';
import { systemClock } from '../clock.ts';
import { readHostName } from '../config/host-name.ts';
import { readInForce } from '../config/taken-out.ts';
import { examine, type Diagnosis } from '../doctor/examine.ts';
import { hurtsVisitors, type Hurt } from '../doctor/finding.ts';
import { gather } from '../doctor/gather.ts';
import { ActionableError } from '../errors.ts';
import { createWire } from '../wire/create-wire.ts';
import type { Command } from './command.ts';
import { configOfRunning } from './config-of-running.ts';
import { loadSettings } from './load-settings.ts';
import { readOptions } from './options.ts';
import { showWaiting } from './show-waiting.ts';

const OPTIONS = { config: { type: 'string' }, json: { type: 'boolean' }, as: { type: 'string' } } as const;

/** `usher doctor`: what will hurt visitors, and what to do about it. */
export const doctor: Command = {
  summary: 'Looks at the whole set-up and names what will hurt visitors, with the remedy.',
  usage: 'usher doctor [--config usher.json] [--as NAME] [--json]',
  help: `
  --config FILE   the config; without it usher.json in this folder, or that of the demo that runs
  --as NAME       the name that visitors type; without it the first of the config's "names", or localhost
  --json          findings and what is in order as JSON

Asks the primary, every secondary and the names from this machine, once; nothing is changed, no visitor is counted.
Findings come worst first: what hurts every visitor, those of some secondaries, visitors before long, nobody yet.

Exit code 0 when nothing hurts visitors, 1 when something does or the config is not valid, 2 for wrong use.`,
  run: async (args, io) => {
    const { values } = readOptions(args, OPTIONS, doctor);
    const as = values.as === undefined ? undefined : readHostName(values.as);
    if (as?.ok === false) {
      throw new ActionableError(`--as ${values.as ?? ''} ${as.what}.`, `usage: ${doctor.usage}`, 2);
    }
    const loaded = await loadSettings(values.config ?? (await configOfRunning(io)), io);
    const clock = systemClock();
    const settings = await readInForce(loaded.settings, clock.wall());
    const wire = createWire({ clock });
    const life = new AbortController();
    const total = settings.secondaries.length;
    const waiting = showWaiting(io.isTty ? io.err : () => undefined, `asking ${total} secondaries`);
    try {
      const facts = await gather({
        settings,
        wire,
        resolve: (name) => lookup(name, { all: true }),
        until: life.signal,
        onLook: (done) => {
          waiting.say(`${done} of ${total} secondaries looked at`);
        },
        ...(as === undefined ? {} : { as: as.value }),
      });
      const diagnosis = examine(facts);
      waiting.stop();
      io.out(values.json === true ? `${JSON.stringify(diagnosis, undefined, 2)}\n` : print(diagnosis));
      return diagnosis.findings.some(hurtsVisitors) ? 1 : 0;
    } finally {
      waiting.stop();
      life.abort();
      await wire.close();
    }
  },
};

const HEADINGS: Readonly<Record<Hurt, string>> = {
  everybody: 'Hurts every visitor',
  some: 'Hurts some visitors',
  soon: 'Will hurt visitors before long',
  nobody: 'Hurts nobody yet',
};

const print = ({ findings, fine }: Diagnosis): string => {
  const parts = (Object.keys(HEADINGS) as Hurt[]).flatMap((hurts) => {
    const those = findings.filter((finding) => finding.hurts === hurts);
    if (those.length === 0) return [];
    const lines = those.map(({ about, what, remedy }) => `  ${about}: ${what}\n    -> ${remedy}\n`);
    return [`${HEADINGS[hurts]}\n${lines.join('')}`];
  });
  const order = fine.length === 0 ? [] : [`In order\n${fine.map((line) => `  ${line}\n`).join('')}`];
  return [...parts, ...order].join('\n');
};
