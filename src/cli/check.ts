import { checks } from '../checks/index.ts';
import { systemClock } from '../clock.ts';
import type { SecondarySettings } from '../config/settings.ts';
import { readInForce } from '../config/taken-out.ts';
import { ActionableError } from '../errors.ts';
import { loads } from '../loads/index.ts';
import type { Clock } from '../model/clock.ts';
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
  /** by its ping; absent: it was not pinged */
  readonly health?: 'up' | 'down';
  /** of the ping, or of the load reader where only that was asked; absent: nothing was */
  readonly tookMs?: number;
  readonly load?: Omit<LoadReport, 'at'>;
  readonly reason: string;
}

/** A row, and whether it makes the answer a no. */
interface Answered {
  readonly row: Row;
  readonly isBad: boolean;
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
    const loaded = await loadSettings(values.config, io);
    const clock = systemClock();
    const settings = await readInForce(loaded.settings, clock.wall());
    const wire = createWire({ clock });
    const answered = await Promise.all(
      settings.secondaries.map((secondary) => ask(secondary, kind as Kind, { wire, clock })),
    );
    await wire.close();
    const rows = answered.map(({ row }) => row);
    io.out(values.json === true ? `${JSON.stringify(rows, undefined, 2)}\n` : print(rows));
    return answered.some(({ isBad, row }) => isBad && row.state !== 'maintenance') ? 1 : 0;
  },
};

type Kind = 'ping' | 'load' | 'both';

const ask = async (
  secondary: SecondarySettings,
  kind: Kind,
  { wire, clock }: { readonly wire: Wire; readonly clock: Clock },
): Promise<Answered> => {
  const { id, at, timeoutMs, state } = secondary;
  const subject: Subject = { id, at, timeoutMs };
  const startedAt = clock.now();
  const [ping, load] = await Promise.all([
    kind === 'load' ? undefined : makeFrom(checks, secondary.ping)(subject, wire),
    kind === 'ping' || secondary.load === undefined
      ? undefined
      : makeFrom(loads, secondary.load)(subject, wire),
  ]);
  const tookMs = ping?.tookMs ?? (load === undefined ? undefined : clock.now() - startedAt);
  const reasons = [
    ...(ping === undefined ? [] : [inWords(ping)]),
    ...(load === undefined || load.ok ? [] : [`load: ${load.failure}: ${load.detail}`]),
    ...(kind === 'load' && secondary.load === undefined ? ['no load reader is configured'] : []),
  ];
  const row: Row = {
    id,
    state,
    ...(ping === undefined ? {} : { health: ping.ok ? 'up' : 'down' }),
    ...(tookMs === undefined ? {} : { tookMs: Math.round(tookMs * 10) / 10 }),
    ...(load?.ok === true ? { load: figuresOf(load.report) } : {}),
    reason: reasons.join('; '),
  };
  return { row, isBad: ping?.ok === false || load?.ok === false };
};

/** A report without the instant: it is that of the question, by a clock that means nothing to others. */
const figuresOf = ({ at: _at, ...figures }: LoadReport): Omit<LoadReport, 'at'> => figures;

const print = (rows: readonly Row[]): string =>
  table(
    ['SECONDARY', 'STATE', 'HEALTH', 'TOOK', 'LOAD', 'REASON'],
    rows.map(({ id, state, health, tookMs, load, reason }) => [
      id,
      state,
      health ?? '-',
      tookMs === undefined ? '-' : `${String(tookMs)} ms`,
      load === undefined ? '-' : printLoad(load),
      reason,
    ]),
  );

/** The fields of a report in the order of their worth, `running 3, busySeconds 12.5`. */
const printLoad = (figures: Omit<LoadReport, 'at'>): string =>
  Object.entries(figures)
    .map(
      ([name, value]) =>
        `${name} ${typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : value}`,
    )
    .join(', ');
