import type { Choosing, Offer } from '../deliveries/delivery.ts';
import type { Views } from '../deliveries/views.ts';
import type { Reply } from '../model/reply.ts';
import type { Receipts } from '../receipts/receipts.ts';
import type { Asked, Settled } from './asked.ts';
import type { Glance } from './glance.ts';
import { offerOf } from './offer.ts';

interface DeliverParts {
  readonly views: Views;
  readonly receipts: Receipts | undefined;
  /** whoever a page leads nowhere is carried there; absent: nobody is */
  readonly carryAt: Offer['carryAt'];
  readonly glance: Glance;
}

/** Tells the browser where to go; `instead` of the delivery of his way in by a page that lets him choose. */
export type Deliver = (asked: Asked, settled: Settled, instead: Choosing | undefined) => Reply;

/** By the delivery of his way in; whoever has a say in where he goes gets a page that offers him several. */
export const createDeliver = ({ views, receipts, carryAt, glance }: DeliverParts): Deliver => {
  /** How a visitor is delivered whose browser has a say in where he goes; `undefined`: it has none. */
  const choosingOf = (asked: Asked, { decision, roster }: Settled): Choosing | undefined => {
    const { visit, through } = asked;
    const { delivery, learning, policy } = through;
    if (decision.kind === 'kept')
      return delivery.choosing?.isForKept === true ? delivery.choosing : undefined;
    if (delivery.choosing !== undefined) return delivery.choosing;
    if (learning === undefined || !visit.accept.includes('html')) return undefined;
    return roster.prepared(policy)?.isCurious?.(glance(asked, roster)) === true ? learning : undefined;
  };
  return (asked, settled, instead) => {
    const { visit, through } = asked;
    const choosing = instead ?? choosingOf(asked, settled);
    if (choosing === undefined) return through.delivery(visit, settled.location, views);
    const { policy, affinity } = through;
    const about = { ...settled, policy, draw: glance(asked, settled.roster), most: choosing.among - 1 };
    return choosing.reply(
      visit,
      settled.location,
      offerOf(about, { views, receipts, isBinding: affinity !== undefined, carryAt }),
    );
  };
};
