/**
 * Whose turn it is in a round: every second round goes backwards, and every two rounds another begins. Nobody always
 * follows the same one, and whatever that one left behind.
 */
export const inTurn = <Item>(items: readonly Item[], round: number): readonly Item[] => {
  const by = Math.floor(round / 2) % Math.max(1, items.length);
  const turned = [...items.slice(by), ...items.slice(0, by)];
  return round % 2 === 0 ? turned : turned.reverse();
};
