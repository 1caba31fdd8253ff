import { once } from 'node:events';
import { createServer } from 'node:http';
import { after } from 'node:test';
import { freePort } from '../real/port.ts';

/** A small web server inside the test that says its name and remembers who came. */
export interface Secondary {
  readonly port: number;
  /** request targets, as they came, the checks' among them */
  readonly targets: readonly string[];
  /** Goes away: its port refuses. */
  readonly down: () => Promise<void>;
  /** Comes back on the same port. */
  readonly up: () => Promise<void>;
}

const running = new Set<Secondary>();

after(async () => {
  await Promise.all([...running].map((secondary) => secondary.down()));
});

/** Starts one, on a free port of 127.0.0.1. */
export const startSecondary = async (name = 'a secondary'): Promise<Secondary> => {
  const port = await freePort();
  const targets: string[] = [];
  const server = createServer((request, response) => {
    targets.push(request.url ?? '');
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>${name}</title><h1>${name}</h1>`);
  });
  const up = async (): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const secondary: Secondary = { port, targets, up, down };
  running.add(secondary);
  await up();
  return secondary;
};
