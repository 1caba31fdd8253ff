import { span } from '../../public/dashboard-words.js';
import type { Why, WhyRow } from '../doors/why/why.ts';
import { ActionableError, type ExitCode } from '../errors.ts';
import { createAdminQuestion, jsonIn, noUsher } from './ask-status.ts';
import type { Io } from './command.ts';
import { findAdmin, type Wanted } from './find-admin.ts';
import { plain } from './plain.ts';
import { table } from './table.ts';

/** `usher explain --id`: one of the last decisions of a running Usher, from its admin door. */
export const explainId = async (
  { id, json, ...wanted }: Wanted & { readonly id: string; readonly json?: boolean | undefined },
  about: { readonly usage: string; readonly io: Io },
): Promise<ExitCode> => {
  const ask = createAdminQuestion(about.io, `/api/why/${encodeURIComponent(id)}`, ({ status, body }, url) => {
    const told = jsonIn(body);
    if (status === 404) throw notKept(id);
    if (status === 200 && isWhy(told)) return told;
    throw noUsher(url, status);
  });
  const why = await findAdmin(wanted, about, ask);
  about.io.out(json === true ? `${JSON.stringify(why, undefined, 2)}\n` : print(why));
  return why.decision === 'none' ? 1 : 0;
};

const notKept = (id: string): ActionableError =>
  new ActionableError(
    `${JSON.stringify(id)} is none of the last decisions of the Usher that runs.`,
    'The last 10,000 are kept, until it is started anew; /why of its admin door lists the last ones.',
  );

const isWhy = (told: unknown): told is Why =>
  typeof told === 'object' &&
  told !== null &&
  ['words', 'at', 'id'].every((key) => typeof Reflect.get(told, key) === 'string') &&
  ['secondaries', 'dice'].every((key) => Array.isArray(Reflect.get(told, key))) &&
  typeof Reflect.get(told, 'news') === 'object';

const print = (why: Why): string => {
  const { words, at, news, ticket, dice, again, missing, secondaries } = why;
  const lines = [
    words,
    '',
    `decision ${why.id}, ${at}`,
    `news     ${news.source}${news.ageMs === undefined ? '' : `, ${ageWords(news.ageMs)} old`}`,
    ...(ticket === undefined ? [] : [`ticket   ${String(ticket)}`]),
    ...(dice.length === 0 ? [] : [`dice     ${dice.map((one) => one.toFixed(4)).join(', ')}`]),
    ...(again === undefined
      ? []
      : [`again    ${again.isSame ? 'the same' : `it would be ${again.secondary ?? 'nobody'}`}`]),
    ...(missing === undefined ? [] : [missing]),
  ];
  const rows = secondaries.map(cells);
  return `${lines.map(plain).join('\n')}\n${rows.length === 0 ? '' : `\n${table(HEADS, rows)}`}`;
};

const HEADS = ['SECONDARY', 'DECISION', 'STATE', 'HEALTH', 'WEIGHT', 'SCORE', 'SENT', 'LOAD', 'CHECK', 'WHY'];

const cells = (row: WhyRow): readonly string[] => [
  row.id,
  row.what,
  row.state,
  row.health,
  numberOr(row.weight),
  numberOr(row.score),
  numberOr(row.sentSince),
  ageOr(row.loadAgeMs),
  ageOr(row.checkAgeMs),
  row.why,
];

const numberOr = (value: number | undefined): string => (value === undefined ? '-' : String(value));

const ageOr = (ms: number | undefined): string => (ms === undefined ? '-' : ageWords(ms));

const ageWords = (ms: number): string => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : span(ms));
