import type { Affinity } from '../../dispatch/affinity.ts';
import type { Arrival } from '../../dispatch/visit/arrival.ts';
import type { Answer } from '../../dispatch/answer.ts';
import type { Dispatch } from '../../dispatch/dispatch.ts';
import type { Ledger } from '../../dispatch/ledger/ledger.ts';
import { readVisit, type VisitReader } from '../../dispatch/visit/visit.ts';
import type { Clock } from '../../model/clock.ts';
import type { Id } from '../../model/secondary.ts';
import type { Reply } from '../../model/reply.ts';
import type { Receipts } from '../../receipts/receipts.ts';

/** What receipts are taken in with. */
export interface ReceiptParts {
  readonly receipts: Receipts;
  readonly slots: ReadonlyMap<Id, number>;
  readonly affinity: Affinity | undefined;
  readonly reader: VisitReader;
  readonly ledger: Pick<Ledger, 'move' | 'count' | 'give' | 'replace'>;
  /** those that drain: nobody is bound to them any more */
  readonly draining: ReadonlySet<Id>;
  readonly clock: Clock;
  /** visitors may come through trusted proxies */
  readonly hasProxies: boolean;
}

const PATH = '/.usher/receipt?';

const reply = (status: 200 | 400 | 404): Reply => ({ status, headers: ['Cache-Control', 'no-store'] });
const TAKEN = reply(200);
const REFUSED = { malformed: reply(400), unknown: reply(404) } as const;

const isReceipt = ({ method, url }: Arrival): boolean => method === 'POST' && url.startsWith(PATH);

/**
 * Takes in receipts beside the visits: `POST /.usher/receipt?…`, by which the script of a page tells, when it is left, to
 * whom the visitor went and what it measured. The query says it all, a body is not read. A visitor who went elsewhere than
 * the page was going to send him, and was bound, is bound there.
 */
export const takeReceipts = (visits: Dispatch, parts: ReceiptParts): Dispatch => {
  const { receipts, affinity, reader, ledger, draining, clock, hasProxies } = parts;
  const idOf = new Map(Array.from(parts.slots, ([id, slot]) => [slot, id]));

  const take = (arrival: Arrival): Answer => {
    const visit = readVisit(arrival, reader);
    const isVisit = typeof visit !== 'string';
    const taken = isVisit ? receipts.takeIn(arrival.url.slice(PATH.length), visit.visitor()) : 'malformed';
    if (!isVisit || typeof taken === 'string') {
      ledger.count('receipt-refused');
      const because = typeof taken === 'string' ? taken : 'malformed';
      return { reply: REFUSED[because], id: undefined, because: `receipt-${because}`, visit: undefined };
    }
    ledger.count('receipt');
    const { stub, went, isMoved } = taken;
    const [from] = stub.slots;
    const now = clock.now();
    if (isMoved && from !== undefined) ledger.move({ from, to: went, since: now - stub.ageMs }, now);
    const id = idOf.get(went);
    const isBound = stub.isBinding && went !== from && id !== undefined && !draining.has(id);
    const cookie = isBound ? affinity?.bind(id, visit.scheme, went) : undefined;
    if (cookie !== undefined) {
      ledger.give(went);
      if (from !== undefined) ledger.replace({ slot: from, givenAt: now - stub.ageMs });
    }
    return { reply: TAKEN, cookie, id, because: 'receipt', visit };
  };

  return {
    ...visits,
    dispatch: (arrival, leaving) => (isReceipt(arrival) ? take(arrival) : visits.dispatch(arrival, leaving)),
    // who a visitor is behind a trusted proxy stands in headers that the fast lane does not read
    takes: (arrival) => (isReceipt(arrival) ? !hasProxies : visits.takes(arrival)),
  };
};
