/** A list that holds at least one item; a policy is given nothing else. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** Tells a list with items from an empty one, for the type checker too. */
export const isNonEmpty = <T>(list: readonly T[]): list is NonEmpty<T> => list.length > 0;
