import type { Server } from 'node:net';
import type { Turnout } from './turnout.ts';

/** What the listeners of all threads may have open together, and who shares it. */
export interface Shared {
  /** connections that may be open in all; a reload may change it */
  readonly most: () => number;
  readonly turnout: Turnout;
  readonly thread: number;
  readonly threads: number;
}

/** What is free is dealt in so many rounds: no more than the first lies idle where nobody comes. */
const ROUNDS = 16;

/**
 * Gives each listener of this thread a share of the connections that may still be opened: whenever half of it is used up,
 * when somebody was turned away, and when it is told to, which it must be before they listen and every now and then, so
 * that what is not needed is given back. The kernel spreads visitors over threads by chance, and browsers prefer one
 * listener: fixed shares would turn visitors away at one while another has room. A thread takes no more than is promised
 * to it, so that all together never have more open than may be, however many come at once.
 *
 * @param mostEach that a listener takes in any case
 * @returns what shares out anew
 */
export const shareOut = (
  servers: readonly Server[],
  { most, turnout, thread, threads }: Shared,
  mostEach: number,
): (() => Promise<void>) => {
  /** each with how many visitors may come until it is dealt anew */
  const listeners = servers.map((server) => ({ server, untilDeal: 0 }));

  const deal = async (): Promise<void> => {
    const open = await Promise.all(servers.map(countOf));
    const all = open.reduce((sum, count) => sum + count, 0);
    turnout.note(thread, all);
    const mostNow = most();
    const free = Math.max(0, mostNow - turnout.total());
    const share = Math.ceil(free / (ROUNDS * threads * servers.length));
    const wanted = open.reduce((sum, count) => sum + Math.min(mostEach, count + share), 0);
    // Nothing may wait from here on: nobody is let in between the promise and its keeping.
    let spare = turnout.promise(thread, wanted, mostNow) - all;
    for (const [at, listener] of listeners.entries()) {
      const here = open[at] ?? 0;
      const more = Math.max(0, Math.min(mostEach - here, Math.ceil(spare / (servers.length - at))));
      listener.server.maxConnections = here + more;
      listener.untilDeal = Math.ceil(more / 2);
      spare -= more;
    }
  };

  for (const listener of listeners) {
    // Node lets the next one in once this is done.
    listener.server.on('connection', () => {
      listener.untilDeal -= 1;
      if (listener.untilDeal <= 0) void deal();
    });
    listener.server.on('drop', () => void deal());
  }
  return deal;
};

const countOf = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.getConnections((_error, count) => {
      resolve(count);
    });
  });
