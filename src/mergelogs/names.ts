import { Resolver } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** Finds the name of an address; undefined where it has none. Rejects with `NoAnswer` where nobody said. */
export type LookUp = (address: string) => Promise<string | undefined>;

/** The names of addresses. */
export interface Names {
  /** Looks up those that are not known yet, and gives the names of all that have one. */
  readonly of: (addresses: ReadonlySet<string>) => Promise<ReadonlyMap<string, string>>;
  /** lookups that found nothing, those given up included */
  readonly unnamed: () => number;
  /** nobody answers, so nobody is asked any more */
  readonly isGivenUp: () => boolean;
}

/** Why it is not known whether an address has a name: nobody answered. */
export class NoAnswer extends Error {}

/** How many lookups are under way at once. */
const AT_ONCE = 64;
/** So many addresses are remembered. */
const REMEMBERED = 50_000;
/** After so many lookups in a row without any answer nobody is asked any more. */
const PATIENCE = 4 * AT_ONCE;

/** Looks up the names of addresses: 64 at a time, each once. */
export const createNames = (lookUp: LookUp): Names => {
  const known = new Map<string, string | undefined>();
  let unnamed = 0;
  let unanswered = 0;

  const find = async (address: string): Promise<string | undefined> => {
    if (unanswered >= PATIENCE) return undefined;
    try {
      const name = await lookUp(address);
      unanswered = 0;
      return name;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      unanswered += 1;
      return undefined;
    }
  };

  const learn = async (addresses: Iterator<string>): Promise<void> => {
    for (let next = addresses.next(); next.done !== true; next = addresses.next()) {
      const name = await find(next.value);
      if (name === undefined) unnamed += 1;
      known.set(next.value, name);
    }
  };

  return {
    of: async (addresses) => {
      const asked = [...addresses].filter((address) => !known.has(address)).values();
      await Promise.all(Array.from({ length: AT_ONCE }, () => learn(asked)));
      const names = new Map<string, string>();
      for (const address of addresses) {
        const name = known.get(address);
        if (name !== undefined) names.set(address, name);
      }
      for (const oldest of known.keys()) {
        if (known.size <= REMEMBERED) break;
        known.delete(oldest);
      }
      return names;
    },
    unnamed: () => unnamed,
    isGivenUp: () => unanswered >= PATIENCE,
  };
};

/** What a name server may answer: whoever has an address decides what it is called. */
const NAME = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i;

/** Nobody answered; all other failures are answers, and say that there is no name. */
const SILENCE: ReadonlySet<string> = new Set(['ETIMEOUT', 'ECONNREFUSED', 'ECANCELLED', 'ENOTINITIALIZED']);

/** How long a name server may think. */
const ANSWER_MS = 2_000;

/** Whom to ask for names, and how long to wait. */
export interface NameServers {
  /** addresses, with a port where it is not 53; absent: those of the machine */
  readonly servers?: readonly string[];
  readonly timeoutMs?: number;
}

/** Asks name servers. `stop` ends what is under way. */
export const askNameServers = ({
  servers,
  timeoutMs = ANSWER_MS,
}: NameServers): { readonly lookUp: LookUp; readonly stop: () => void } => {
  const resolver = new Resolver({ timeout: timeoutMs, maxTimeout: timeoutMs, tries: 1 });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    lookUp: async (address) => {
      try {
        // `reverse` would not tell silence from an address without a name
        const names = await resolver.resolvePtr(questionFor(address));
        return names.map((name) => name.replace(/\.$/, '').toLowerCase()).find((name) => NAME.test(name));
      } catch (error) {
        if (SILENCE.has((error as NodeJS.ErrnoException).code ?? '')) throw new NoAnswer();
        return undefined;
      }
    },
    stop: () => {
      resolver.cancel();
    },
  };
};

/** The name under which the name of an address stands (RFC 1035, 3596). */
const questionFor = (address: string): string => {
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray().reverse();
  if (parsed.kind() === 'ipv4') return `${bytes.join('.')}.in-addr.arpa`;
  return `${bytes.map((byte) => `${(byte & 15).toString(16)}.${(byte >> 4).toString(16)}`).join('.')}.ip6.arpa`;
};
