import type { IncomingMessage } from 'node:http';
import { begin } from './open-admin.ts';

/** One message of Server-Sent Events. */
export interface Message {
  readonly event: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each event has a shape of its own
  readonly data: any;
}

/** An open dashboard, read by a test. */
export interface Listening {
  readonly status: number;
  /** The next message of this kind; those before it are passed over. */
  readonly next: (event: string) => Promise<Message>;
  /** ends when the door closes the stream */
  readonly ended: Promise<undefined>;
  readonly leave: () => void;
}

/** Listens to `/api/events` as a browser does. @param query what it wants to see, `?rows=100`; empty: all */
export const listen = async (url: string, query = ''): Promise<Listening> => {
  const response = await begin(`${url}api/events${query}`, { headers: { Accept: 'text/event-stream' } });
  const messages: Message[] = [];
  let wake = (): void => {};
  let text = '';
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    messages.push(...blocks.map(parse));
    wake();
  });
  response.on('error', () => {});
  response.on('close', () => {
    resolve(undefined);
    wake();
  });
  return {
    status: response.statusCode ?? 0,
    next: async (event) => {
      for (;;) {
        const found = messages.findIndex((message) => message.event === event);
        if (found !== -1) return messages.splice(0, found + 1).at(-1)!;
        if (response.destroyed) throw new Error(`the stream ended before ${event}`);
        await new Promise<void>((done) => {
          wake = done;
        });
      }
    },
    ended,
    leave: () => {
      leave(response);
    },
  };
};

const leave = (response: IncomingMessage): void => {
  response.destroy();
};

const parse = (block: string): Message => {
  const fields = new Map(
    block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
  );
  return { event: fields.get('event') ?? 'message', data: JSON.parse(fields.get('data') ?? 'null') };
};
