/** Does something for each item, so many at a time, and keeps the order. An item whose turn comes too late is left out. */
export const atOnce = async <Item, Result>(
  items: readonly Item[],
  { most, isLate }: { readonly most: number; readonly isLate: () => boolean },
  act: (item: Item) => Promise<Result>,
): Promise<readonly (Result | undefined)[]> => {
  const results = new Array<Result | undefined>(items.length).fill(undefined);
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [at, item] of waiting) {
      if (isLate()) return;
      results[at] = await act(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  return results;
};
