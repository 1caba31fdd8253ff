import { lookup } from 'node:dns/promises';
import { networkOf } from '../model/network.ts';
import type { Place } from '../model/place.ts';
import type { Id, Secondary } from '../model/secondary.ts';
import type { Whereabouts } from './whereabouts.ts';

/** A secondary, and its name or address. */
export type Hosted = readonly [id: Id, host: string];

/** Finds an address of a host; `undefined`: none is known. It may take long, and never rejects. */
export type LookUp = (host: string) => Promise<string | undefined>;

/** Asks the machine's own resolver, as browsers and checks do. */
export const lookUp: LookUp = async (host) => {
  try {
    return (await lookup(host)).address;
  } catch {
    return undefined;
  }
};

/** The hosts of those who are found at a place of their own and do not say where that is. */
export const hostsOf = (secondaries: readonly Secondary[]): readonly Hosted[] =>
  secondaries.flatMap(({ id, address, place }) =>
    place === undefined && address.kind === 'own'
      ? [[id, new URL(address.origin).hostname.replace(/^\[(.*)\]$/, '$1')] as const]
      : [],
  );

/** Where those are whose host is an address, and who is left to look up. */
export const placesOfAddresses = (
  hosts: readonly Hosted[],
  whereabouts: Whereabouts,
): { readonly places: ReadonlyMap<Id, Place>; readonly names: readonly Hosted[] } => {
  const places = new Map<Id, Place>();
  for (const [id, host] of hosts) {
    const place = whereabouts(host);
    if (place !== undefined) places.set(id, place);
  }
  return { places, names: hosts.filter(([, host]) => networkOf(host) < 0) };
};

/** How many names are asked for at once: lookups share the few threads that files are read with. */
const AT_ONCE = 2;

interface NameMeans {
  readonly addressOf: LookUp;
  readonly whereabouts: Whereabouts;
  /** asked before each name: false ends the search */
  readonly isWanted: () => boolean;
}

/** Where those are whose host is a name, as far as one is found before nobody wants to know any more. */
export const placesOfNames = async (
  names: readonly Hosted[],
  { addressOf, whereabouts, isWanted }: NameMeans,
): Promise<ReadonlyMap<Id, Place>> => {
  const places = new Map<Id, Place>();
  const waiting = names.values();
  const work = async (): Promise<void> => {
    for (const [id, name] of waiting) {
      if (!isWanted()) return;
      const address = await addressOf(name);
      const place = address === undefined ? undefined : whereabouts(address);
      if (place !== undefined) places.set(id, place);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return places;
};
