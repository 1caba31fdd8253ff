import { checks } from '../checks/index.ts';
import { systemClock } from '../clock.ts';
import type { SecondarySettings } from '../config/settings.ts';
import { ActionableError } from '../errors.ts';
import { loads } from '../loads/index.ts';
import type { LoadReport } from '../model/load-report.ts';
import { makeFrom } from '../unit.ts';
import { inWords } from '../verdicts/because.ts';
import { createWire } from '../wire/create-wire.ts';
import type { Subject } from '../wire/subject.ts';
import type { Wire } from '../wire/wire.ts';
import type { Command } from './command.ts';
import { loadSettings } from './load-settings.ts';
import { readOptions } from './options.ts';
import { table } from './table.ts';

/** What one secondary answered. */
interface Row {
  readonly id: string;
  readonly state: string;
  readonly health: 'up' | 'down';
  readonly tookMs: number;
  readonly load?: LoadReport;
  readonly reason: string;
}

/** `usher check`: every check once, now. */
export const check: Command = {
  summary: 'Runs each check once, now, and prints what every secondary answered.',
  usage: 'usher check [ping|load] [--config usher.json] [--json]',
  help: `
  ping            only whether each secondary is there
  load            only how busy each one is
  --config FILE   the config; without it usher.json in this folder
  --json          the rows as JSON

Exit code 1 if any is down or cannot tell its load. A secondary in maintenance is asked too, and does not count.`,
  run: async (args, io) => {
    const options = { config: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values, positionals } = readOptions(args, options, { ...check, words: 1 });
    const [kind = 'both'] = positionals;
    if (!['ping', 'load', 'both'].includes(kind)) {
      throw new ActionableError(`There is no check called "${kind}".`, `usage: ${check.usage}`, 2);
    }
    const { settings } = await loadSettings(values.config, io);
    const wire = createWire({ clock: systemClock() });
    const rows = await Promise.all(settings.secondaries.map((secondary) => ask(secondary, kind, wire)));
    await wire.close();
    io.out(values.json === true ? `${JSON.stringify(rows, undefined, 2)}\n` : print(rows));
    return rows.some(({ health, state }) => health === 'down' && state !== 'maintenance') ? 1 : 0;
  },
};

const ask = async (secondary: SecondarySettings, kind: string, wire: Wire): Promise<Row> => {
  const { id, at, timeoutMs, state } = secondary;
  const subject: Subject = { id, at, timeoutMs };
  const [ping, load] = await Promise.all([
    kind === 'load' ? undefined : makeFrom(checks, secondary.ping)(subject, wire),
    kind === 'ping' || secondary.load === undefined
      ? undefined
      : makeFrom(loads, secondary.load)(subject, wire),
  ]);
  const reasons = [
    ...(ping === undefined ? [] : [inWords(ping)]),
    ...(load === undefined || load.ok ? [] : [`load: ${load.failure}: ${load.detail}`]),
    ...(kind === 'load' && secondary.load === undefined ? ['no load reader is configured'] : []),
  ];
  return {
    id,
    state,
    health: ping?.ok === false || (kind === 'load' && load?.ok === false) ? 'down' : 'up',
    tookMs: Math.round((ping?.tookMs ?? 0) * 10) / 10,
    ...(load?.ok === true ? { load: load.report } : {}),
    reason: reasons.join('; '),
  };
};

const print = (rows: readonly Row[]): string =>
  table(
    ['SECONDARY', 'STATE', 'HEALTH', 'TOOK', 'LOAD', 'REASON'],
    rows.map(({ id, state, health, tookMs, load, reason }) => [
      id,
      state,
      health,
      `${String(tookMs)} ms`,
      load === undefined ? '-' : printLoad(load),
      reason,
    ]),
  );

/** The fields of a report in the order of their worth, `running 3, busySeconds 12.5`. */
const printLoad = ({ at: _at, ...fields }: LoadReport): string =>
  Object.entries(fields)
    .map(
      ([name, value]) =>
        `${name} ${typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : value}`,
    )
    .join(', ');
