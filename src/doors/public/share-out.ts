import type { Server } from 'node:net';
import type { Turnout } from './turnout.ts';

/** What the listeners of all threads may have open together, and who shares it. */
export interface Shared {
  /** connections that may be open in all */
  readonly most: number;
  readonly turnout: Turnout;
  readonly thread: number;
  readonly threads: number;
}

/**
 * Gives each listener of this thread its share of the connections that may still be opened; called before they listen, and
 * every now and then. The kernel spreads visitors over threads by chance, and browsers prefer one listener: fixed shares
 * would turn visitors away at one while another has room. A thread takes no more than is promised to it, so that all
 * together never have more open than may be, however many come until the next time.
 *
 * @param mostEach that a listener takes in any case
 */
export const shareOut = async (
  servers: readonly Server[],
  { most, turnout, thread, threads }: Shared,
  mostEach: number,
): Promise<void> => {
  const open = await Promise.all(servers.map(countOf));
  const all = open.reduce((sum, count) => sum + count, 0);
  turnout.note(thread, all);
  const free = Math.max(0, most - turnout.total());
  const share = Math.ceil(free / (threads * servers.length));
  const wanted = open.reduce((sum, count) => sum + Math.min(mostEach, count + share), 0);
  // Nothing may wait from here on: nobody is let in between the promise and its keeping.
  let spare = turnout.promise(thread, wanted, most) - all;
  for (const [at, server] of servers.entries()) {
    const here = open[at] ?? 0;
    const more = Math.max(0, Math.min(mostEach - here, Math.ceil(spare / (servers.length - at))));
    server.maxConnections = here + more;
    spare -= more;
  }
};

const countOf = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.getConnections((_error, count) => {
      resolve(count);
    });
  });
