import type { RequestListener } from 'node:http';
import type { Affinity } from '../dispatch/affinity.ts';
import type { Ledger } from '../dispatch/ledger.ts';
import { readVisit, type VisitReader } from '../dispatch/visit.ts';
import type { Clock } from '../model/clock.ts';
import type { Id } from '../model/secondary.ts';
import type { Receipts } from '../receipts/receipts.ts';
import { arrivalOf } from './arrival-of.ts';

/** What receipts are taken in with. */
export interface ReceiptParts {
  readonly receipts: Receipts;
  readonly slots: ReadonlyMap<Id, number>;
  readonly affinity: Affinity | undefined;
  readonly reader: VisitReader;
  readonly ledger: Pick<Ledger, 'move' | 'count'>;
  readonly clock: Clock;
}

const STATUS = { malformed: 400, unknown: 410 } as const;

/**
 * `/.usher/receipt?…`: the script of a page tells, when it is left, to whom the visitor went and what it measured. Its
 * query says it all: a body is not read. The visitor is bound to where he went.
 */
export const takeReceipt = (parts: ReceiptParts): RequestListener => {
  const { receipts, affinity, reader, ledger, clock } = parts;
  const idOf = new Map(Array.from(parts.slots, ([id, slot]) => [slot, id]));
  return (request, response) => {
    const arrival = arrivalOf(request);
    const visit = readVisit(arrival, reader);
    const query = arrival.url.slice(arrival.url.indexOf('?') + 1);
    const taken = typeof visit === 'string' ? 'malformed' : receipts.takeIn(query, visit.visitor());
    const head = ['Cache-Control', 'no-store'];
    if (arrival.hasBody) head.push('Connection', 'close');
    if (typeof visit === 'string' || typeof taken === 'string') {
      ledger.count('receipt-refused');
      const status = STATUS[typeof taken === 'string' ? taken : 'malformed'];
      response.writeHead(status, [...head, 'Content-Length', '0']).end();
      return;
    }
    ledger.count('receipt');
    const [assigned] = taken.stub.slots;
    if (assigned !== undefined && assigned !== taken.went) ledger.move(assigned, taken.went, clock.now());
    const id = taken.stub.isBinding ? idOf.get(taken.went) : undefined;
    const cookie = id === undefined ? undefined : affinity?.bind(id, visit.scheme);
    if (cookie !== undefined) head.push('Set-Cookie', cookie);
    response.writeHead(204, head).end();
  };
};
