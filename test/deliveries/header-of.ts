import type { Reply } from '../../src/model/reply.ts';

/** The value of a header that a reply has once; undefined where it has none. */
export const headerOf = ({ headers }: Reply, name: string): string | undefined => {
  const at = headers.findIndex((item, place) => place % 2 === 0 && item === name);
  return at === -1 ? undefined : headers[at + 1];
};
