import type { Network } from './network.ts';
import type { Id } from './secondary.ts';

/**
 * Who says that a secondary did not work for a visitor: he himself, the page on the way, which reached another and not
 * this one, the lifeline in his browser, or his return within seconds, which is only a hint.
 */
export const COMPLAINANTS = ['visitor', 'page', 'lifeline', 'return'] as const;

export type Complainant = (typeof COMPLAINANTS)[number];

/** A secondary did not work for a visitor, whatever its checks say. Plain data. */
export interface Complaint {
  readonly secondary: Id;
  readonly by: Complainant;
  /** the visitor's; -1: unknown */
  readonly network: Network;
}
