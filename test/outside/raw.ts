import { once } from 'node:events';
import { connect } from 'node:net';

/** One HTTP answer as it came off the socket. */
export interface RawReply {
  readonly status: number;
  /** status line and headers with their line ends, the empty line included */
  readonly head: string;
  /** value of a header, by its name in lower case; a header that came twice is a failure */
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** A socket on which requests are written byte for byte. */
export interface Raw {
  readonly write: (bytes: string | Uint8Array) => void;
  /** The next answer; `undefined` once the other side has closed. `head`: it answers a HEAD, so no body follows. */
  readonly reply: (options?: { readonly head?: boolean }) => Promise<RawReply | undefined>;
  /** the other side closed the connection */
  readonly closed: Promise<void>;
  readonly close: () => void;
}

const parseHead = (head: string): Omit<RawReply, 'body'> => {
  const [statusLine = '', ...lines] = head.trimEnd().split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  if (Number.isNaN(status)) throw new Error(`not a status line: ${statusLine}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (headers.has(name)) throw new Error(`${name} came twice: ${head}`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  return { status, head, header: (name) => headers.get(name) };
};

/** Length of a chunked body at the start of the bytes, or -1 while its end has not come. */
const chunkedLength = (bytes: Buffer): number => {
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return -1;
    const size = parseInt(bytes.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2 + size + 2;
    if (at > bytes.length) return -1;
    if (size === 0) return at;
  }
};

/** Takes one answer off the front of the bytes, or tells that it has not come whole. */
export const takeReply = (
  bytes: Buffer,
  options: { readonly head?: boolean } = {},
): { readonly reply: RawReply; readonly rest: Buffer } | undefined => {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const bodyAt = headEnd + 4;
  const head = parseHead(bytes.toString('latin1', 0, bodyAt));
  const isBodiless = options.head === true || head.status < 200 || head.status === 204;
  const after = bytes.subarray(bodyAt);
  const length = isBodiless
    ? 0
    : head.header('transfer-encoding') === 'chunked'
      ? chunkedLength(after)
      : Number(head.header('content-length') ?? 0);
  if (length === -1 || after.length < length) return undefined;
  return {
    reply: { ...head, body: after.toString('utf8', 0, length) },
    rest: after.subarray(length),
  };
};

/** Opens a connection to a port of this machine. */
export const openRaw = async (port: number): Promise<Raw> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let bytes: Buffer = Buffer.alloc(0);
  let isClosed = false;
  let wake = (): void => {};
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      isClosed = true;
      wake();
      resolve();
    });
  });
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    wake();
  });
  // Being cut off is one of the answers; `closed` tells it.
  socket.on('error', () => {});
  return {
    write: (text) => void socket.write(text),
    reply: async (options) => {
      for (;;) {
        const taken = takeReply(bytes, options);
        if (taken !== undefined) {
          bytes = taken.rest;
          return taken.reply;
        }
        if (isClosed) return undefined;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    closed,
    close: () => void socket.destroy(),
  };
};

/** Writes bytes on a connection of its own and returns the first answer to them. */
export const askRaw = async (
  port: number,
  bytes: string | Uint8Array,
  options?: { readonly head?: boolean },
): Promise<RawReply> => {
  const raw = await openRaw(port);
  try {
    raw.write(bytes);
    const reply = await raw.reply(options);
    if (reply === undefined) throw new Error(`closed without an answer to ${JSON.stringify(String(bytes))}`);
    return reply;
  } finally {
    raw.close();
  }
};

/** The bytes of a request. */
export const requestText = (
  line: string,
  headers: Readonly<Record<string, string>> = { Host: 'www.example.org' },
  body = '',
): string =>
  `${line} HTTP/1.1\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`;
