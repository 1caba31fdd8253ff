import { apache } from '../loads/apache.ts';
import type { Reading } from '../loads/load-reader.ts';
import { nginx } from '../loads/nginx.ts';
import type { Origin } from '../model/secondary.ts';
import type { Wire } from '../wire/wire.ts';

/** Where a web server tells its status. */
export interface StatusPage {
  readonly kind: 'apache' | 'nginx';
  readonly at: Origin;
  /** path and query */
  readonly path: string;
}

/** An answer serves all who ask within this time. */
const FRESH_MS = 250;

const TIMEOUT_MS = 1_500;

/** Asks a web server for its status, once for all who ask at about the same time. */
export const createStatus = ({ kind, at, path }: StatusPage, wire: Wire): (() => Promise<Reading>) => {
  const read = { apache, nginx }[kind].make({ path });
  let askedAt = -Infinity;
  let answer: Promise<Reading> | undefined;
  return () => {
    const now = wire.clock.now();
    if (answer === undefined || now - askedAt > FRESH_MS) {
      askedAt = now;
      answer = read({ id: kind, at, timeoutMs: TIMEOUT_MS }, wire);
    }
    return answer;
  };
};
