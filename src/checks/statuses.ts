/** Tells whether an HTTP status is one of those that pass. */
export type Statuses = (status: number) => boolean;

/**
 * Reads a list such as `200-299,401`. A 404 passes in no list, not even inside a range: a server that has lost its
 * pages is the commonest way of being broken while answering. (`drainOn404` of the http check is another matter.)
 *
 * @returns undefined when it is no such list, or names nothing that could pass
 */
export const parseStatuses = (list: string): Statuses | undefined => {
  const ranges: (readonly [number, number])[] = [];
  for (const part of list.split(',')) {
    const [, from, to = from] = /^\s*(\d{3})(?:-(\d{3}))?\s*$/.exec(part) ?? [];
    const low = Number(from);
    const high = Number(to);
    if (!(low >= 200 && low <= high && high <= 599)) return undefined;
    if (low === 404 && high === 404) return undefined;
    ranges.push([low, high]);
  }
  return (status) => status !== 404 && ranges.some(([low, high]) => status >= low && status <= high);
};
