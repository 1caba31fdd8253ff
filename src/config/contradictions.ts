import { unbracketed } from '../model/ip-literal.ts';
import type { Origin } from '../model/secondary.ts';
import { readOrigin } from './endpoint.ts';
import { isEveryAddress, isLoopback } from './host-name.ts';
import { nameOf, type Flaw, type Path } from './mistake.ts';
import type { Listed } from './schema/secondary-schema.ts';
import type { Listen, Settings } from './settings.ts';

/** The parts of a config that can stand against each other; only those that fit their schema. */
export interface Parts {
  readonly listen: readonly Listen[];
  readonly admin?: { readonly host: string; readonly port: number };
  readonly names: readonly string[];
  readonly whenAllDown?: Settings['whenAllDown'];
  readonly redirectToHttps?: false | { readonly names?: readonly string[] | undefined };
  readonly trustProxies?: readonly string[];
  /** with their index in the list; those that do not fit their schema are left out */
  readonly secondaries: readonly (readonly [number, Listed])[];
}

/**
 * What no single key can tell: ids and addresses that come twice, doors on one port, and a list that names the primary
 * itself and so would send visitors round in a circle.
 */
export const contradictions = (parts: Parts): Flaw[] => [
  ...sameDoors(parts),
  ...sameIds(parts),
  ...sameAddresses(parts),
  ...circles(parts),
  ...sorryCircle(parts),
  ...httpsFlaws(parts),
];

const value = (path: Path, what: string, fits: string): Flaw => ({
  path,
  at: 'value',
  what: `${nameOf(path)} ${what}`,
  fits,
});

const sameDoors = ({ listen, admin }: Parts): Flaw[] => {
  const seen = new Set<string>();
  const flaws: Flaw[] = [];
  listen.forEach(({ host, port }, at) => {
    if (port === 0) return;
    const door = `${host ?? '*'} ${port}`;
    if (seen.has(door))
      flaws.push(value(['listen', at], 'is a door that is there already', 'each door once'));
    seen.add(door);
  });
  const taken = listen.find(
    ({ host, port }) =>
      port !== 0 &&
      port === admin?.port &&
      (isEveryAddress(host) || isEveryAddress(admin.host) || host === admin.host),
  );
  if (taken !== undefined) {
    flaws.push(value(['admin', 'listen'], 'is the port of the public door', 'another port'));
  }
  return flaws;
};

const sameIds = ({ secondaries }: Parts): Flaw[] => {
  const firsts = new Map<string, number>();
  return secondaries.flatMap(([index, { id }]) => {
    const first = firsts.get(id);
    if (first !== undefined) {
      const what = `is ${JSON.stringify(id)}, the id of ${nameOf(['secondaries', first])} already`;
      return [value(['secondaries', index, 'id'], what, 'an id of its own')];
    }
    firsts.set(id, index);
    return [];
  });
};

const sameAddresses = ({ secondaries }: Parts): Flaw[] => {
  const firsts = new Map<string, number>();
  return secondaries.flatMap(([index, { address }]) => {
    const key = address.kind === 'own' ? address.origin : String(address.port);
    const first = firsts.get(key);
    if (first !== undefined) {
      const what = `is where visitors find ${nameOf(['secondaries', first])} already`;
      return [value(['secondaries', index, keyOf(address.kind)], what, 'an address of its own')];
    }
    firsts.set(key, index);
    return [];
  });
};

const keyOf = (kind: 'same-host' | 'own'): string => (kind === 'own' ? 'url' : 'port');

const circles = (parts: Parts): Flaw[] =>
  parts.secondaries.flatMap(([index, { address, at, lan }]) => {
    const path = (key: string): Path => ['secondaries', index, key];
    const fits = 'the port of another web server';
    if (address.kind === 'same-host' && parts.listen.some(({ port }) => port === address.port)) {
      return [value(path('port'), 'is the primary itself: it listens there', fits)];
    }
    if (address.kind === 'own' && isPrimary(address.origin, parts)) {
      return [value(path('url'), 'is the primary itself: it listens there', fits)];
    }
    if (isOurDoor(at, parts.listen)) {
      return [value(path('at'), 'is the primary itself: it listens there', fits)];
    }
    if (lan !== undefined && lan !== at && isOurDoor(lan, parts.listen)) {
      return [value(path('lan'), 'is the primary itself: it listens there', fits)];
    }
    if (parts.admin !== undefined && isOurDoor(at, [parts.admin])) {
      return [value(path('at'), 'is the admin door of the primary', fits)];
    }
    return [];
  });

/** Without a door for https, or a proxy that is believed to be one, visitors would be sent round in a circle. */
const httpsFlaws = ({ redirectToHttps, names, listen, trustProxies = [] }: Parts): Flaw[] => {
  if (redirectToHttps === undefined || redirectToHttps === false) return [];
  const path: Path = ['redirectToHttps'];
  if (redirectToHttps.names === undefined && names.length === 0) {
    return [value(path, 'says no names', '"names": ["www.example.org"] in it')];
  }
  if (trustProxies.length > 0 || listen.some(({ tls }) => tls !== undefined)) return [];
  return [value(path, 'leads nowhere: no door speaks TLS', 'a door with "cert" and "key" under "listen"')];
};

const sorryCircle = (parts: Parts): Flaw[] => {
  const { whenAllDown } = parts;
  if (whenAllDown?.kind !== 'url') return [];
  const origin = /^https?:\/\/[^/?#]+/.exec(whenAllDown.url)?.[0];
  if (origin === undefined || !isPrimary(origin as Origin, parts)) return [];
  return [value(['whenAllDown'], 'leads back to the primary itself', '"sorry" or the URL of another server')];
};

/** Whether visitors who are sent to an origin come to the primary again. */
const isPrimary = (origin: Origin, { listen, names }: Parts): boolean => {
  const url = readOrigin(origin);
  if (!url.ok) return false;
  const { host, port } = url.value;
  return isOurDoor(origin, listen) || (names.includes(host) && listen.some((door) => door.port === port));
};

/** Whether something of ours listens at an origin, as seen from this machine. */
const isOurDoor = (
  origin: Origin,
  doors: readonly { readonly host?: string; readonly port: number }[],
): boolean => {
  const url = readOrigin(origin);
  if (!url.ok) return false;
  const host = unbracketed(url.value.host);
  return doors.some((door) => {
    if (door.port !== url.value.port) return false;
    if (door.host === host) return true;
    return (
      isLoopback(host) && (isEveryAddress(door.host) || (door.host !== undefined && isLoopback(door.host)))
    );
  });
};
