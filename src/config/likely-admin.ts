import { parse } from 'jsonc-parser';
import { findWrongBracket } from './brackets.ts';
import { valueAt } from './explain.ts';
import { adminListenSchema, DEFAULT_ADMIN } from './schema/listen-schema.ts';
import type { Settings } from './settings.ts';
import { readContent } from './sources.ts';

/** Where an admin door most likely is. */
export interface LikelyAdmin extends Pick<Settings['admin'], 'host' | 'port'> {
  /** the file could not be made to say it: it is where one is if nothing is said */
  readonly isDefault: boolean;
}

/** `"admin": { … "listen": …` in a text of whatever kind, the address with its quotes or without. */
const LISTEN = /"admin"\s*:\s*\{[^{}]*?"listen"\s*:\s*"?([^\s",{}]+)/;

/**
 * Where the admin door most likely is by a config that cannot be used: what the file says, if that much of it can be
 * made out, else the default.
 */
export const likelyAdmin = async (file: string): Promise<LikelyAdmin> => {
  const { z } = await import('zod');
  const schema = adminListenSchema(z);
  const content = await readContent(file);
  const isReadable = content.ok && findWrongBracket(content.text)?.isTooDeep !== true;
  const raw: unknown = isReadable ? parse(content.text) : undefined;
  const text = content.ok ? LISTEN.exec(content.text)?.[1] : undefined;
  // The text first: the tolerant parser takes 127.0.0.1:8079 without its quotes for the number 127.
  const said = [text, Number(text), valueAt(raw, ['admin', 'listen'])];
  const found = said.map((one) => schema.safeParse(one).data).find((place) => place !== undefined);
  return { ...(found ?? schema.parse(DEFAULT_ADMIN)), isDefault: found === undefined };
};
