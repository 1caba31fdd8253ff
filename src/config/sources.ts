import { crypto } from '../node-crypto.ts';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { isOwnWant } from './own-want.ts';

const { createHash } = crypto;

/** Most bytes that a config may have. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Why a file cannot be read as a text. */
export interface Unreadable {
  readonly ok: false;
  readonly what: string;
  readonly fits: string;
  /** tells these bytes from others; absent: there are none to be had */
  readonly print?: string;
  /** the file itself may be in order: this machine is short of something for now */
  readonly isPassing?: true;
}

/** What stands in a file. */
export type Content = { readonly ok: true; readonly text: string } | Unreadable;

/** A config as it lies on the disk: its own file, and the file of its list if that is one of its own. */
export interface Sources {
  readonly file: string;
  readonly content: Content;
  readonly list?: { readonly file: string; readonly content: Content };
}

/**
 * Reads a config and the file of its list. Paths stay as they were given.
 *
 * @param text of the config's own file, where another one than its own is meant
 */
export const readSources = async (file: string, text?: Content): Promise<Sources> => {
  const content = text ?? (await readContent(file));
  const list = content.ok ? await listFileOf(file, content.text) : undefined;
  if (list === undefined) return { file, content };
  return { file, content, list: { file: list, content: await readContent(list) } };
};

/** The file of the list, if the config names one. */
const listFileOf = async (file: string, text: string): Promise<string | undefined> => {
  const config = await valueOf(text);
  if (typeof config !== 'object' || config === null || !Object.hasOwn(config, 'secondaries'))
    return undefined;
  const { secondaries: name } = config as { readonly secondaries: unknown };
  if (typeof name !== 'string' || name === '' || name.includes('\0')) return undefined;
  return isAbsolute(name) ? name : join(dirname(file), name);
};

/** The value of a text, as far as it has one; places and slips are for later. The parser for both is large, and seldom needed. */
const valueOf = async (text: string): Promise<unknown> => {
  try {
    return JSON.parse(text);
  } catch {
    const { readJson } = await import('./json.ts');
    return readJson(text).value;
  }
};

/** Reads a file that anybody may have written: UTF-8, at most 4 MiB, a plain file. Never waits for a pipe. */
export const readContent = async (file: string): Promise<Content> => {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const about = await handle.stat();
    if (about.isDirectory()) return refuse('is a folder', 'a file');
    if (!about.isFile()) return refuse('is no plain file', 'a file');
    const bytes = await readSome(handle);
    const content = decode(bytes);
    // of a file that is too large the end is not read; whoever changes that leaves his time
    return content.ok ? content : { ...content, print: printOf(bytes, about.size, about.mtimeMs) };
  } catch (error) {
    return whyNot(error);
  } finally {
    await handle?.close();
  }
};

const printOf = (bytes: Buffer, ...about: readonly number[]): string =>
  createHash('sha256').update(about.join(' ')).update(bytes).digest('base64');

/** What tells one state of some files from another: a hash of their bytes, or of why they cannot be read. */
export const fingerprintOf = (contents: readonly Content[]): string => {
  const hash = createHash('sha256');
  for (const content of contents) {
    const text = content.ok ? content.text : `${content.what} ${content.print ?? ''}`;
    hash.update(`${content.ok} ${text.length}:`).update(text);
  }
  return hash.digest('base64');
};

/** Why some files could not be read this time, though they may be in order; `undefined`: they were read. */
export const whyUnread = (contents: readonly Content[]): string | undefined => {
  for (const content of contents) if (!content.ok && content.isPassing === true) return content.what;
  return undefined;
};

/** What tells one state of a config from another, as its list of files is read. */
export const tagOf = ({ content, list }: Sources): string =>
  fingerprintOf([content, ...(list === undefined ? [] : [list.content])]);

/** Whether nobody could read a file with this text as a config. */
export const isTooLarge = (text: string): boolean => Buffer.byteLength(text) > MOST_BYTES;

const readSome = async (handle: FileHandle): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length <= MOST_BYTES) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, null);
    if (bytesRead === 0) break;
    length += bytesRead;
    chunks.push(buffer.subarray(0, bytesRead));
  }
  return Buffer.concat(chunks);
};

const decode = (bytes: Buffer): Content => {
  if (bytes.length > MOST_BYTES) return refuse('is larger than 4 MiB', 'at most 4194304 bytes');
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return refuse('is not UTF-8', 'a text in UTF-8');
  }
};

const refuse = (what: string, fits: string): Unreadable => ({ ok: false, what, fits });

const whyNot = (error: unknown): Unreadable => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refuse('is not there', 'a file; "usher init" writes one');
    case 'EACCES':
    case 'EPERM':
      return refuse('may not be read by this user', 'a file that this user may read');
    case 'ENXIO':
      return refuse('is no plain file', 'a file');
    case 'ELOOP':
      return refuse('is a symbolic link that leads in a circle', 'a file');
    default:
      return {
        ...refuse(`cannot be read (${code === '' ? message : code})`, 'a file that can be read'),
        ...(isOwnWant(error) ? { isPassing: true } : {}),
      };
  }
};
