import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseSitefile } from '../../../src/stores/parse-pool-file.ts';
import { SITEFILE } from '../../../src/stores/pool-file.ts';

/**
 * A primary as one is quickly written, beside the same worker and file: sends every visitor to the secondary whose line
 * says the least.
 */
export const startLeastLine = async (
  folder: string,
  portOf: (id: string) => number,
): Promise<{ readonly port: number; readonly close: () => void }> => {
  const server = createServer((request, response) => {
    const id = leastOf(readFileSync(join(folder, SITEFILE), 'utf8'));
    const location = `http://127.0.0.1:${portOf(id ?? '')}${request.url ?? '/'}`;
    response.writeHead(302, { Location: location, 'Cache-Control': 'no-store' }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const leastOf = (text: string): string | undefined => {
  const parsed = parseSitefile(text);
  if (!parsed.ok) return undefined;
  let least: { readonly id: string; readonly running: number } | undefined;
  for (const [id, { report }] of parsed.value.rows) {
    const { running } = report;
    if (running !== undefined && running < (least?.running ?? Infinity)) least = { id, running };
  }
  return least?.id;
};
