import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { Slices } from '../model/slices.ts';
import type { Parsed } from './pool-file.ts';

/** More is refused without being read: ten thousand secondaries take about 2 MiB. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What a look at a file brings: nothing new, a good file, or why it is refused. */
export type Look<File> = 'same' | Parsed<File>;

/**
 * Looks at a file that anyone may have written, again and again. It is opened and read anew each time, because over a
 * network neither events nor times of change can be trusted; it is parsed only when its bytes are others, and so that
 * visitors are served between two slices.
 */
export const createFileReader = <File>(
  path: string,
  parse: (text: string) => Slices<Parsed<File>>,
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
    const text = textOf(read.value);
    return text.ok ? inPauses(parse(text.value)) : text;
  };
};

/** Reads a file once. */
export const readPoolFile = async <File>(
  path: string,
  parse: (text: string) => Parsed<File>,
): Promise<Parsed<File>> => {
  const read = await readBytes(path);
  if (!read.ok) return read;
  const text = textOf(read.value);
  return text.ok ? parse(text.value) : text;
};

/** Does slice after slice, and lets others have their turn between. */
export const inPauses = async <Result>(slices: Slices<Result>): Promise<Result> => {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
    await setImmediate();
  }
};

const textOf = (bytes: Buffer): Parsed<string> => {
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return refuse('it is not UTF-8');
  }
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
