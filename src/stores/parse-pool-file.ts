import { isFigure } from '../model/figure.ts';
import type { LoadReport } from '../model/load-report.ts';
import type { Failure } from '../model/outcome.ts';
import { finish, type Slices } from '../model/slices.ts';
import type { Health } from '../model/verdict.ts';
import { printable } from '../wire/printable.ts';
import { keyTrouble } from './keys.ts';
import type { Parsed, PingRow, PoolFile, PoolHead, SiteRow } from './pool-file.ts';

/** Reads the text of a pingfile. Whatever it holds, nothing is thrown. */
export const parsePingfile = (text: string): Parsed<PoolFile<PingRow>> => finish(pingfileInSlices(text));

/** Reads the text of a sitefile. Whatever it holds, nothing is thrown. */
export const parseSitefile = (text: string): Parsed<PoolFile<SiteRow>> => finish(sitefileInSlices(text));

/** `parsePingfile` in slices. */
export const pingfileInSlices = (text: string): Slices<Parsed<PoolFile<PingRow>>> =>
  parse(text, (given, troubles) => {
    const row = take(given, PING_ROW, troubles);
    if (row.health === undefined) troubles.push('health is missing');
    return { ...row, health: row.health ?? 'unknown' };
  });

/** `parseSitefile` in slices. */
export const sitefileInSlices = (text: string): Slices<Parsed<PoolFile<SiteRow>>> =>
  parse(text, (given, troubles) => ({
    ...take(given, SITE_ROW, troubles),
    report: take(given, REPORT, troubles),
  }));

type Values = Readonly<Record<string, unknown>>;

/** What does not fit, each with its place. */
type Troubles = string[];

/** What a field must be: gives the value, or `undefined` for what does not fit. */
interface Kind<Value> {
  readonly fit: (value: unknown, troubles: Troubles) => Value | undefined;
  /** what would fit, for people */
  readonly what: string;
}

type Shape<Row> = { readonly [Name in keyof Row]: Kind<Exclude<Row[Name], undefined>> };

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const NUMBER: Kind<number> = {
  fit: (value) => (isNumber(value) ? value : undefined),
  what: 'a number from 0 up',
};
const FIGURE: Kind<number> = {
  fit: (value) => (isFigure(value) ? value : undefined),
  what: 'a number from 0 to 1e15',
};
const SHARE: Kind<number> = {
  fit: (value) => (isNumber(value) && value <= 1 ? value : undefined),
  what: 'a number from 0 to 1',
};
const TEXT: Kind<string> = {
  fit: (value) =>
    typeof value === 'string' ? printable(value) : isNumber(value) ? String(value) : undefined,
  what: 'a text',
};
const YES_OR_NO: Kind<boolean> = {
  fit: (value) => (typeof value === 'boolean' ? value : undefined),
  what: 'true or false',
};
const OBJECT: Kind<Values> = { fit: (value) => (isObject(value) ? value : undefined), what: 'an object' };

const oneOf = <Word extends string>(...words: readonly Word[]): Kind<Word> => ({
  fit: (value) => words.find((word) => word === value),
  what: words.join(', '),
});

const fieldsOf = <Fields extends object>(
  name: string,
  shape: Shape<Required<Fields>>,
): Kind<Partial<Fields>> => ({
  fit: (value, troubles) => {
    if (!isObject(value)) return undefined;
    const inside: Troubles = [];
    const fields: Partial<Fields> = take(value, shape, inside);
    for (const trouble of inside) troubles.push(`${name}.${trouble}`);
    return fields;
  },
  what: 'an object',
});

const HEAD: Shape<Required<PoolHead>> = {
  writer: TEXT,
  epoch: TEXT,
  seq: NUMBER,
  writtenAt: NUMBER,
  everyMs: NUMBER,
};

const PING_ROW: Shape<Required<PingRow>> = {
  health: oneOf<Health>('unknown', 'up', 'down'),
  since: NUMBER,
  passes: NUMBER,
  fails: NUMBER,
  flaps: NUMBER,
  warmingSince: NUMBER,
  leaving: YES_OR_NO,
  evidence: fieldsOf<NonNullable<PingRow['evidence']>>('evidence', {
    check: TEXT,
    at: NUMBER,
    tookMs: NUMBER,
    failure: oneOf<Failure>(
      ...(['refused', 'timeout', 'reset', 'unreachable', 'unresolved', 'tls', 'status'] as const),
      ...(['redirected', 'text-missing', 'too-large', 'garbage', 'command'] as const),
    ),
    detail: TEXT,
  }),
};

const SITE_ROW: Shape<Required<Omit<SiteRow, 'report'>>> = { at: NUMBER, failure: TEXT };

const REPORT: Shape<Required<Omit<LoadReport, 'at'>>> = {
  running: FIGURE,
  sessions: FIGURE,
  busySeconds: FIGURE,
  done: FIGURE,
  answered: FIGURE,
  started: FIGURE,
  utilization: FIGURE,
  answerMs: FIGURE,
  weightShare: SHARE,
  wish: oneOf('ready', 'drain', 'maintenance', 'down'),
};

/** A slice takes some two hundred microseconds. */
const ROWS_A_SLICE = 128;

function* parse<Row>(
  text: string,
  rowOf: (given: Values, troubles: Troubles) => Row,
): Slices<Parsed<PoolFile<Row>>> {
  if (text.trim() === '') return { ok: false, because: 'it is empty' };
  if (text.startsWith('\uFEFF')) {
    return { ok: false, because: 'it begins with a byte order mark; UTF-8 without one fits' };
  }
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    return { ok: false, because: `it is not whole JSON: ${printable((error as Error).message)}` };
  }
  if (!isObject(given)) return { ok: false, because: 'it is not a JSON object' };
  const because = yield* keyTrouble(text, given);
  return because === undefined ? yield* fileOf(given, rowOf) : { ok: false, because };
}

function* fileOf<Row>(
  given: Values,
  rowOf: (given: Values, troubles: Troubles) => Row,
): Slices<Parsed<PoolFile<Row>>> {
  const troubles: Troubles = [];
  const { seq, ...head } = take(given, HEAD, troubles);
  const { secondaries } = take(given, { secondaries: OBJECT }, troubles);
  if (seq === undefined) troubles.push('seq is missing');
  if (secondaries === undefined) troubles.push('secondaries is missing');

  const rows = new Map<string, Row>();
  for (const id in secondaries) {
    if (rows.size % ROWS_A_SLICE === ROWS_A_SLICE - 1) yield;
    const row = secondaries[id];
    const inside: Troubles = [];
    if (isObject(row)) rows.set(id, rowOf(row, inside));
    else troubles.push(misfit(`secondaries.${printable(id)}`, row, OBJECT.what));
    for (const trouble of inside) troubles.push(`secondaries.${printable(id)}.${trouble}`);
  }
  const [because] = troubles;
  return because === undefined
    ? { ok: true, value: { ...head, seq: seq ?? 0, rows } }
    : { ok: false, because };
}

/** The fields of a shape that are there. Others may be there too: a newer writer's. */
const take = <Row extends object>(given: Values, shape: Shape<Row>, troubles: Troubles): Partial<Row> => {
  const row: Partial<Row> = {};
  for (const name in shape) {
    const value = given[name];
    if (value === undefined) continue;
    const { fit, what } = shape[name];
    const taken = fit(value, troubles);
    if (taken === undefined) troubles.push(misfit(name, value, what));
    else row[name] = taken;
  }
  return row;
};

const misfit = (name: string, value: unknown, what: string): string =>
  `${name} is ${shown(value)}, and only ${what} fits`;

const shown = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'object' && value !== null
    ? 'a list or an object'
    : printable(JSON.stringify(value));
};
