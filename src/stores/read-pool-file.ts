import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Parsed } from './pool-file.ts';

/** More is refused without being read: ten thousand secondaries take about 2 MiB. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What a look at a file brings: nothing new, a good file, or why it is refused. */
export type Look<File> = 'same' | Parsed<File>;

/**
 * Looks at a file that anyone may have written, again and again. It is opened and read anew each time, because over a
 * network neither events nor times of change can be trusted; it is parsed only when its bytes are others.
 */
export const createFileReader = <File>(
  path: string,
  parse: (text: string) => Parsed<File>,
): (() => Promise<Look<File>>) => {
  let last: Buffer | string | undefined;
  return async () => {
    const read = await readBytes(path);
    if (!read.ok) {
      if (last === read.because) return 'same';
      last = read.because;
      return read;
    }
    if (typeof last === 'object' && last.equals(read.value)) return 'same';
    last = read.value;
    return parseBytes(read.value, parse);
  };
};

/** Reads a file once. */
export const readPoolFile = async <File>(
  path: string,
  parse: (text: string) => Parsed<File>,
): Promise<Parsed<File>> => {
  const read = await readBytes(path);
  return read.ok ? parseBytes(read.value, parse) : read;
};

const parseBytes = <File>(bytes: Buffer, parse: (text: string) => Parsed<File>): Parsed<File> => {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('it is not UTF-8');
  }
  return parse(text);
};

const readBytes = async (path: string): Promise<Parsed<Buffer>> => {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe would wait for somebody to write into it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return await readWhole(file);
  } catch (error) {
    return refuse(inWords(error as NodeJS.ErrnoException));
  } finally {
    await file?.close().catch(() => undefined);
  }
};

const readWhole = async (file: FileHandle): Promise<Parsed<Buffer>> => {
  const stats = await file.stat();
  if (stats.isDirectory()) return refuse('it is a folder');
  if (!stats.isFile()) return refuse('it is not a plain file');
  if (stats.size > MOST_BYTES) return refuse('it is larger than 16 MiB');
  const buffer = Buffer.allocUnsafe(stats.size + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return { ok: true, value: buffer.subarray(0, length) };
    length += bytesRead;
  }
  return refuse('it grew while it was read');
};

const inWords = ({ code, message }: NodeJS.ErrnoException): string => {
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it';
  if (code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM')
    return `it cannot be read now, this machine is short of files or memory (${code})`;
  return `it cannot be read: ${code ?? message}`;
};

const refuse = (because: string): { readonly ok: false; readonly because: string } => ({
  ok: false,
  because,
});
