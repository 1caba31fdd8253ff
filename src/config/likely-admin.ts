import { parse } from 'jsonc-parser';
import { findWrongBracket } from './brackets.ts';
import { valueAt } from './explain.ts';
import { adminListenSchema, DEFAULT_ADMIN } from './listen-schema.ts';
import type { Settings } from './settings.ts';
import { readContent } from './sources.ts';

/**
 * Where the admin door most likely is by a config that cannot be used: what the file says, if that much of it can be
 * made out, else the default.
 */
export const likelyAdmin = async (file: string): Promise<Pick<Settings['admin'], 'host' | 'port'>> => {
  const { z } = await import('zod');
  const schema = adminListenSchema(z);
  const content = await readContent(file);
  const isReadable = content.ok && findWrongBracket(content.text)?.isTooDeep !== true;
  const raw: unknown = isReadable ? parse(content.text) : undefined;
  const { data } = schema.safeParse(valueAt(raw, ['admin', 'listen']));
  return data ?? schema.parse(DEFAULT_ADMIN);
};
