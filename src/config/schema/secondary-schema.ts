import { originOf } from '../../model/origin.ts';
import type { Place } from '../../model/place.ts';
import type { Address, Origin, Role, Scheme, State } from '../../model/secondary.ts';
import type { Choice, Registry, Zod } from '../../unit.ts';
import { BAD_PORTS } from '../bad-ports.ts';
import { byKind } from './by-kind.ts';
import { readEndpoint, readOrigin, type PlainUrl } from '../endpoint.ts';
import { flaw } from '../explain.ts';
import { isLoopback } from '../host-name.ts';
import { duration, ID, instant, secondaryId } from './leaves.ts';
import { read, refuse, type Read } from '../read.ts';
import { textLeaf } from './text-leaf.ts';
import { unitSchema } from './unit-schema.ts';

/** A secondary as the list holds it, its address settled; what it leaves out is for `checks` to say. */
export interface Listed {
  readonly id: string;
  readonly address: Address;
  readonly at: Origin;
  readonly lan?: Origin;
  readonly acme?: Origin;
  readonly place?: Place;
  readonly weight: number;
  readonly role: Role;
  readonly state: State;
  /** milliseconds since 1970 */
  readonly untilAt?: number;
  readonly ping?: Choice;
  /** false: nobody asks it; the answer time of its ping is its load */
  readonly load?: Choice | false;
  readonly rise?: number;
  readonly fall?: number;
  readonly timeoutMs?: number;
}

/** The least weight of who takes new visitors: policies divide by weights, and by still smaller ones not exactly. */
const LEAST_WEIGHT = 0.001;

/** The longest that one probe may take. */
export const PROBE_TIMEOUT = { least: 50, most: 60_000 };

/** The schema of one entry of `secondaries`. */
export const secondarySchema = (
  zod: Zod,
  { checks, loads }: { readonly checks: Registry<unknown>; readonly loads: Registry<unknown> },
) => {
  const reader = unitSchema(zod, 'a load reader', loads);
  const count = zod.int().min(1).max(100).optional();
  const shape = {
    id: secondaryId(zod)
      .optional()
      .describe(
        'Names the secondary in logs, files and cookies. Default: web and its port, or the host of its URL.',
      ),
    port: zod
      .int()
      .min(1)
      .max(65535)
      .refine((port) => !BAD_PORTS.has(port), {
        error: 'is a port that browsers refuse to visit',
        params: NOT_BAD,
      })
      .optional()
      .describe('Visitors find it at this port of the host they asked the primary for. Either port or url.'),
    url: textLeaf(zod, { title: 'a URL', examples: ['https://www2.example.org'] }, (text) => {
      const url = readOrigin(text);
      if (!url.ok) return url;
      return BAD_PORTS.has(url.value.port)
        ? refuse('has a port that browsers refuse to visit', NOT_BAD.fits)
        : url;
    })
      .optional()
      .describe('Visitors find it at this origin: scheme, host and, if need be, port. Either port or url.'),
    scheme: zod
      .enum(['http', 'https'])
      .optional()
      .describe('What the secondary speaks at its port; a url says so itself. Default: http.'),
    at: place(zod)
      .optional()
      .describe(
        'Where the primary itself reaches it, for its checks. Default: 127.0.0.1, or the host of its URL.',
      ),
    lan: place(zod)
      .optional()
      .describe(
        'Where visitors from inside (lan) find it. Default: where the primary itself reaches it (at), if all is plain http and that is no loopback address.',
      ),
    acme: place(zod)
      .optional()
      .describe(
        'Where its ACME client answers the challenges of its certificates, which come to port 80 of the primary: 192.168.1.3 is port 80 there. Default: where the primary itself reaches it.',
      ),
    place: zod
      .tuple([zod.number().min(-90).max(90), zod.number().min(-180).max(180)])
      .meta({ title: '[latitude, longitude], such as [52.5, 13.4]' })
      .optional()
      .describe(
        'Where on Earth it is, degrees north and east, for the policy nearest. Default: where the file geo finds the address of its url.',
      ),
    weight: zod
      .number()
      .min(0)
      .max(1000)
      .refine((weight) => weight <= 0 || weight >= LEAST_WEIGHT, {
        error: 'is too small',
        params: { fits: `0, or a number from ${LEAST_WEIGHT} to 1000` },
      })
      .prefault(1)
      .describe(
        `Its share of visitors beside the others’, at least ${LEAST_WEIGHT}; 0 takes no new visitors.`,
      ),
    role: zod
      .enum(['active', 'backup'])
      .prefault('active')
      .describe('A backup stands in only when no active secondary can take visitors.'),
    state: zod
      .enum(['ready', 'drain', 'maintenance'])
      .prefault('ready')
      .describe('What you want: ready takes visitors, drain keeps those it has, maintenance takes none.'),
    until: instant(zod)
      .optional()
      .describe(
        'When drain or maintenance ends by itself: an instant with its time zone. Default: it does not.',
      ),
    ping: unitSchema(zod, 'a check', checks)
      .optional()
      .describe('How it is asked whether it is there. Default: checks.ping.'),
    load: byKind(zod, 'a load reader or false', {
      string: reader,
      object: reader,
      false: zod.literal(false),
    })
      .optional()
      .describe(
        'How it is asked how busy it is; false: by the answer time of its ping. Default: checks.load.',
      ),
    rise: count.describe('Passes in a row that turn it up. Default: checks.rise.'),
    fall: count.describe('Failures in a row that turn it down. Default: checks.fall.'),
    timeout: duration(zod, PROBE_TIMEOUT)
      .optional()
      .describe('How long one check of it may take. Default: checks.timeout.'),
  };
  return zod.strictObject(shape).transform((given, ctx): Listed => {
    const found = findIt(given);
    const isMisspelt = ctx.issues.some(({ code }) => code === 'unrecognized_keys');
    if (!found.ok && isMisspelt) return zod.NEVER;
    if (!found.ok) {
      ctx.addIssue({ ...flaw(found.what, found.fits), path: [...found.path] });
      return zod.NEVER;
    }
    const { address, at, lan, defaultId } = found.value;
    const id = given.id ?? defaultId;
    if (!ID.test(id)) {
      ctx.addIssue({ ...flaw('has a host that cannot be an id', 'an "id" beside it'), path: ['url'] });
    }
    if (given.until !== undefined && given.state === 'ready') {
      const fits = '"state": "drain" or "maintenance" beside it';
      ctx.addIssue({ ...flaw('ends no state: it is ready', fits), path: ['until'] });
    }
    const acme =
      given.acme && (given.acme.origin ?? originOf('http', given.acme.host, given.acme.port ?? 80));
    const { place: where, weight, role, state, until, ping, load, rise, fall, timeout } = given;
    return {
      ...{ id, address, at, weight, role, state },
      ...(lan === undefined ? {} : { lan }),
      ...(until === undefined ? {} : { untilAt: until }),
      ...(acme === undefined ? {} : { acme }),
      ...(where === undefined ? {} : { place: where }),
      ...(ping === undefined ? {} : { ping }),
      ...(load === undefined ? {} : { load }),
      ...(rise === undefined ? {} : { rise }),
      ...(fall === undefined ? {} : { fall }),
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    };
  });
};

const NOT_BAD = { fits: 'another port, e.g. 80, 443, 8086', at: 'value' } as const;

/** An address as an entry says it; what it leaves out is as visitors find it. */
export interface WrittenAddress {
  readonly host: string;
  readonly port?: number;
  readonly origin?: Origin;
}

const place = (zod: Zod) =>
  textLeaf(
    zod,
    { title: 'an address', examples: ['192.168.1.3', '192.168.1.3:8080', '[::1]:8080'] },
    (text): Read<WrittenAddress> => {
      if (!text.includes('://')) return readEndpoint(text);
      const url = readOrigin(text);
      return url.ok ? read(url.value) : url;
    },
  );

/** What an entry says of where it is. */
interface Whereabouts {
  readonly port?: number | undefined;
  readonly url?: PlainUrl | undefined;
  readonly scheme?: Scheme | undefined;
  readonly at?: WrittenAddress | undefined;
  readonly lan?: WrittenAddress | undefined;
}

type Found =
  | {
      readonly ok: true;
      readonly value: {
        readonly address: Address;
        readonly at: Origin;
        readonly lan?: Origin;
        readonly defaultId: string;
      };
    }
  | { readonly ok: false; readonly what: string; readonly fits: string; readonly path: readonly string[] };

const findIt = ({ port, url, scheme, at, lan }: Whereabouts): Found => {
  const no = (what: string, fits: string, ...path: string[]): Found => ({ ok: false, what, fits, path });
  if (lan?.port !== undefined && BAD_PORTS.has(lan.port)) {
    return no('has a port that browsers refuse to visit', NOT_BAD.fits, 'lan');
  }
  if (url !== undefined) {
    if (port !== undefined) return no('stands beside a "url"', 'either "port" or "url"', 'port');
    if (scheme !== undefined)
      return no('stands beside a "url", which has its own', 'a line without it', 'scheme');
    const reached = at?.origin ?? originOf(url.scheme, at?.host ?? url.host, at?.port ?? url.port);
    const usual = at === undefined || url.scheme === 'https' ? undefined : usualLan(reached);
    const inside =
      lan === undefined ? usual : (lan.origin ?? originOf(url.scheme, lan.host, lan.port ?? url.port));
    return {
      ok: true,
      value: {
        address: { kind: 'own', origin: url.origin },
        at: reached,
        ...(inside === undefined ? {} : { lan: inside }),
        defaultId: idOf(url.host),
      },
    };
  }
  if (port === undefined)
    return no('has neither "port" nor "url"', '{ "port": 8086 } or { "url": "https://www2.example.org" }');
  const spoken = scheme ?? 'http';
  const reached = at?.origin ?? originOf(spoken, at?.host ?? '127.0.0.1', at?.port ?? port);
  const inside =
    lan === undefined
      ? usualLan(reached)
      : (lan.origin ?? originOf(spoken, lan.host, lan.port ?? at?.port ?? port));
  return {
    ok: true,
    value: {
      address: { kind: 'same-host', scheme: spoken, port },
      at: reached,
      ...(inside === undefined ? {} : { lan: inside }),
      defaultId: `web${port}`,
    },
  };
};

/** Where visitors from inside find it, if nobody says so: a certificate hardly names a LAN address. */
const usualLan = (at: Origin): Origin | undefined => {
  const url = readOrigin(at);
  if (!url.ok || url.value.scheme === 'https' || BAD_PORTS.has(url.value.port)) return undefined;
  return isLoopback(url.value.host) ? undefined : at;
};

/** A host as an id: an IPv6 address has no place for its colons. */
const idOf = (host: string): string =>
  host.replace(/^\[(.*)\]$/, (_, address: string) => `v6-${address.replace(/:+/g, '-')}`);
