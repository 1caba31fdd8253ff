import type { ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Pool } from 'undici';
import type { RelaySettings, Settings } from '../config/settings.ts';
import type { Clock } from '../model/clock.ts';
import { unbracketed } from '../model/ip-literal.ts';
import { networkOf } from '../model/network.ts';
import type { Origin, Secondary } from '../model/secondary.ts';
import { once } from '../once.ts';
import type { Budget } from './budget.ts';
import { carry, sizeOf } from './carry.ts';
import { LEFT, type Freight, type Journey, type Passed } from './freight.ts';
import { backward, onward, type Answered } from './headers.ts';
import { homewardOf } from './homeward.ts';
import { tunnel, type Handshake } from './tunnel.ts';
import { unshared } from './unshared.ts';

/** What of the settings carrying goes by. */
export type Carried = Pick<Settings, 'secondaries' | 'names'> & { readonly relay: RelaySettings };

/** Carries visits to secondaries and answers back, streamed, within a budget. */
export interface Relay {
  readonly carry: (response: ServerResponse, freight: Freight) => Promise<Passed>;
  /** Carries a WebSocket over the socket that its handshake came on. */
  readonly tunnel: (response: ServerResponse, handshake: Handshake, freight: Freight) => Promise<Passed>;
  readonly update: (settings: Carried) => void;
  /** Ends WebSockets, which would never end by themselves, and connections that stand by. */
  readonly stop: () => void;
}

const DEFAULT_PORT = /:(?:80|443)$/;
/** Longer than the pause of the usual web servers, a request would run into the end of a connection. */
const STANDBY_MS = 1000;
const MOST_HEAD_BYTES = 64 * 1024;

export interface RelayParts {
  readonly budget: Budget;
  readonly clock: Clock;
}

/** Nothing is loaded before the first visit that is carried. */
export const createRelay = (first: Carried, { budget, clock }: RelayParts): Relay => {
  const load = once(() => import('undici'));
  let settings = first;
  let homeward = homewardOf(first.secondaries);
  const pools = new Map<Origin, Pool>();
  const tunnels = new Set<Duplex>();

  const poolOf = async ({ at, address }: Secondary): Promise<Pool> => {
    const { Pool } = await load();
    const known = pools.get(at);
    if (known !== undefined) return known;
    const { connectMs, answerMs, idleMs } = settings.relay;
    const name = hostIn(address.kind === 'own' ? address.origin : at);
    const called = address.kind === 'own' ? name : (settings.names?.[0] ?? name);
    const made = new Pool(at, {
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: STANDBY_MS,
      keepAliveMaxTimeout: STANDBY_MS,
      maxHeaderSize: MOST_HEAD_BYTES,
      headersTimeout: answerMs,
      bodyTimeout: idleMs,
      connect: { timeout: connectMs, ...(isIP(called) === 0 ? { servername: called } : {}) },
    });
    pools.set(at, made);
    return made;
  };

  const headersOf = ({ request, visit, to, own, cookie }: Freight): string[] => {
    const forwardedHost = own.slice(own.indexOf('//') + 2);
    return onward(request.rawHeaders, {
      host: to.address.kind === 'own' ? hostOf(to.address.origin) : forwardedHost,
      visitor: visit.visitor(),
      scheme: visit.scheme,
      forwardedHost,
      cookie: cookie?.split(';', 1)[0],
    });
  };

  const answerHeaders = (answered: Answered, { visit, own, cookie, grant }: Freight): string[] => {
    const headers = backward(answered, (location) => homeward(location, { host: visit.host, own }));
    const cookies = [cookie, grant].flatMap((each) => (each === undefined ? [] : ['set-cookie', each]));
    return cookies.length === 0 ? headers : [...unshared(headers), ...cookies];
  };

  /** @param isGone whether the visitor is: he may have to wait for a place */
  const within = async (
    freight: Freight,
    isGone: () => boolean,
    go: (journey: Journey) => Promise<Passed>,
  ): Promise<Passed> => {
    const passage = await budget.begin(networkOf(freight.visit.visitor()), isGone);
    if (passage === undefined) return isGone() ? GONE : { kind: 'full' };
    try {
      const { idleMs, answerMs } = settings.relay;
      const headers = headersOf(freight);
      passage.take(sizeOf(headers));
      const pool = await poolOf(freight.to);
      if (isGone()) return GONE;
      return await go({
        ...{ freight, pool, passage, idleMs, answerMs, onward: headers },
        backward: (answered) => answerHeaders(answered, freight),
      });
    } finally {
      passage.end();
    }
  };

  return {
    carry: (response, freight) =>
      within(
        freight,
        () => response.destroyed,
        (journey) => carry(response, journey, { clock }),
      ),
    tunnel: (response, handshake, freight) =>
      within(
        freight,
        () => handshake.socket.destroyed,
        (journey) => tunnel(response, journey, { clock, handshake, tunnels }),
      ),
    update: (next) => {
      settings = next;
      homeward = homewardOf(next.secondaries);
      // Those under way go on; timeouts and names of the new settings count for whoever comes now.
      for (const pool of pools.values()) void pool.close();
      pools.clear();
    },
    stop: () => {
      for (const socket of tunnels) socket.destroy();
      for (const pool of pools.values()) void pool.close();
      pools.clear();
    },
  };
};

/** The visitor left before anything was asked. */
const GONE: Passed = { kind: 'done', status: LEFT, bytes: 0 };

const hostOf = (origin: Origin): string => origin.slice(origin.indexOf('//') + 2).replace(DEFAULT_PORT, '');

const hostIn = (origin: Origin): string => unbracketed(new URL(origin).hostname);
