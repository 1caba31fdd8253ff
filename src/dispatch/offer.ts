import type { Named, Offer } from '../deliveries/delivery.ts';
import { originFor } from '../deliveries/locate.ts';
import type { Views } from '../deliveries/views.ts';
import type { Chosen } from '../model/decision.ts';
import type { Candidate } from '../model/policy.ts';
import type { Receipts } from '../receipts/receipts.ts';
import { alternativesTo, type Among } from './alternatives.ts';

interface OfferParts {
  readonly views: Views;
  readonly receipts: Receipts | undefined;
  /** the visitor is to be bound to where he goes */
  readonly isBinding: boolean;
  readonly carryAt: Offer['carryAt'];
}

/** Whom a page may offer, and what its script answers with. */
export const offerOf = (
  among: Among & { readonly decision: Chosen },
  { views, receipts, isBinding, carryAt }: OfferParts,
): Offer => {
  const { visit } = among.draw;
  const { candidate } = among.decision;
  const name = (each: Candidate): Named => ({
    candidate: each,
    origin: originFor(each.secondary.address, visit.host),
  });
  return {
    ...{ views, carryAt, because: among.decision.because },
    named: [name(candidate), ...alternativesTo(candidate, among).map(name)],
    ...(receipts === undefined
      ? {}
      : {
          handOut: (named) =>
            receipts.handOut(visit.visitor(), {
              slots: named.map((each) => each.candidate.slot),
              isBinding,
            }),
        }),
  };
};
