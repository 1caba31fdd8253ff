/**
 * Whom something hurts: every visitor, those of some secondaries, nobody yet but visitors before long, or nobody (the
 * operator should know it).
 */
export type Hurt = 'everybody' | 'some' | 'soon' | 'nobody';

/** Something that is not as it should be. */
export interface Finding {
  readonly hurts: Hurt;
  /** what it is about, one word or two: `clocks` */
  readonly about: string;
  /** whole sentences: what was seen, and what a visitor has of it; printable */
  readonly what: string;
  /** what to do about it, in whole sentences */
  readonly remedy: string;
}

/** What one examination of the set-up says. */
export interface Examined {
  readonly findings: readonly Finding[];
  /** one line where nothing was found; absent: there was nothing to look at */
  readonly fine?: string;
}

/** Worst first. */
const ORDER: readonly Hurt[] = ['everybody', 'some', 'soon', 'nobody'];

/** Sorts findings by how much they hurt; those of one weight stay in their order. */
export const worstFirst = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted((one, other) => ORDER.indexOf(one.hurts) - ORDER.indexOf(other.hurts));

/** Whether visitors have, or will have, something of it. */
export const hurtsVisitors = ({ hurts }: Finding): boolean => hurts !== 'nobody';
