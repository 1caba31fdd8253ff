import type { Network } from './network.ts';
import type { Id } from './secondary.ts';

/** Who says that a secondary did not work for a visitor: he himself, or the lifeline in his browser. */
export const COMPLAINANTS = ['visitor', 'lifeline'] as const;

export type Complainant = (typeof COMPLAINANTS)[number];

/** A secondary did not work for a visitor, whatever its checks say. Plain data. */
export interface Complaint {
  readonly secondary: Id;
  readonly by: Complainant;
  /** the visitor's; -1: unknown */
  readonly network: Network;
}
