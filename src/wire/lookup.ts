import dns from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** How a name becomes addresses: `dns.lookup` with `all`. */
export type Resolve = (
  name: string,
  options: dns.LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses?: LookupAddress[]) => void,
) => void;

type Done = Parameters<Resolve>[2];

/** Lookups at once. Node has four threads for them and for all files; a dead resolver holds one for half a minute. */
const AT_ONCE = 2;

/**
 * A lookup for sockets that never takes more than half of Node's threads: those who ask for the same name while it is
 * being looked up share the answer, others queue. Nothing is remembered.
 */
export const createLookup = (resolve: Resolve = dns.lookup): LookupFunction => {
  const waiting = new Map<string, Done[]>();
  const queue: (() => void)[] = [];
  let busy = 0;

  const next = (): void => {
    if (busy >= AT_ONCE) return;
    const start = queue.shift();
    if (start === undefined) return;
    busy += 1;
    start();
  };

  const all = (name: string, family: number, done: Done): void => {
    const key = `${family} ${name}`;
    const others = waiting.get(key);
    if (others !== undefined) {
      others.push(done);
      return;
    }
    waiting.set(key, [done]);
    queue.push(() => {
      resolve(name, { family, all: true }, (error, addresses) => {
        const sharers = waiting.get(key) ?? [];
        waiting.delete(key);
        busy -= 1;
        next();
        for (const sharer of sharers) sharer(error, addresses);
      });
    });
    next();
  };

  return (name, options, callback) => {
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
    all(name, family, (error, addresses) => {
      if (error !== null || options.all === true) {
        callback(error, addresses ?? []);
        return;
      }
      const first = addresses?.[0];
      callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
};
