import { constants, write as writeTo } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** How many bytes of it were written, or why the file cannot be. */
export type Written =
  | { readonly ok: true; readonly bytes: number }
  /** `isBusy`: the reader of a pipe does not keep up; nothing is wrong with it */
  | { readonly ok: false; readonly isBusy: boolean; readonly because: string };

/** Where whole lines go that several threads write at once. Never throws. */
export interface AppendFile {
  /** the most bytes that get there in one piece */
  readonly pieceBytes: number;
  readonly write: (bytes: Buffer) => Promise<Written>;
  /** Lets go of the file and opens, or creates, what now has its name. */
  readonly reopen: () => Promise<Written>;
  readonly close: () => Promise<void>;
}

/** Appends to a file, which is created where it is missing and opened again after every failure. */
export const appendFile = (path: string): AppendFile => {
  let handle: FileHandle | undefined;
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, so that what is opened before a file is moved away is not used after. */
  const inTurn = <Outcome>(work: () => Promise<Outcome>): Promise<Outcome> => {
    const next = last.then(work);
    last = next;
    return next;
  };
  const letGo = async (): Promise<void> => {
    const old = handle;
    handle = undefined;
    await old?.close().catch(() => undefined); // what it could say was said when writing
  };
  const write = async (bytes: Buffer): Promise<Written> => {
    const written = await attempt(async () => {
      handle ??= await open(path, HOW, 0o640);
      return bytes.length === 0 ? 0 : (await handle.write(bytes)).bytesWritten;
    });
    if (!written.ok && !written.isBusy) await letGo();
    return written;
  };
  return {
    pieceBytes: 64 * 1024,
    write: (bytes) => inTurn(() => write(bytes)),
    reopen: () =>
      inTurn(async () => {
        await letGo();
        return write(Buffer.alloc(0));
      }),
    close: () => inTurn(letGo),
  };
};

/** Why nothing can be appended to a file; `undefined`: it can, or it is a pipe that nobody reads yet. */
export const appendTrouble = async (path: string): Promise<string | undefined> => {
  try {
    const handle = await open(path, HOW, 0o640);
    await handle.close();
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENXIO' ? undefined : message;
  }
};

/** Writes to standard output, beside others who do: in pieces that a pipe takes whole. */
export const standardOutput = (): AppendFile => ({
  pieceBytes: 4_096,
  write: (bytes) =>
    attempt(() => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      writeTo(1, bytes, (error, written) => {
        if (error === null) resolve(written);
        else reject(error);
      });
      return promise;
    }),
  reopen: () => Promise.resolve({ ok: true, bytes: 0 }),
  close: () => Promise.resolve(),
});

/** Non-blocking, so that a named pipe that nobody reads is an error and not a wait for ever. */
const HOW = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

const attempt = async (write: () => Promise<number>): Promise<Written> => {
  try {
    return { ok: true, bytes: await write() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { ok: false, isBusy: code === 'EAGAIN', because: message };
  }
};
