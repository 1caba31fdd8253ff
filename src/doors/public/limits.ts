import type { Settings } from '../../config/settings.ts';

/** What the public door bears of one visitor, and of all of them; spans in milliseconds. */
export interface DoorLimits {
  /** a connection waits so long for its next request */
  readonly idleMs: number;
  /** a head is whole by then; and so is, before it, a handshake of TLS */
  readonly headMs: number;
  /** a body is whole by then, unless it is carried */
  readonly requestMs: number;
  /** a connection over which nothing moves for so long is cut, unless it is carried */
  readonly stillMs: number;
  /** after so many requests a connection is closed, and the visitor may meet another thread */
  readonly mostRequests: number;
  /** connections of one listener that are open at once in one thread; another one is turned away */
  readonly mostConnections: number;
}

/** Whoever is slow is gone after six seconds and disturbs nobody (measured with 300 slow connections). */
export const DOOR_LIMITS: DoorLimits = {
  idleMs: 5000,
  headMs: 5000,
  requestMs: 10_000,
  stillMs: 15_000,
  mostRequests: 1000,
  mostConnections: 25_000,
};

/** How often connections are looked over for those that wait too long; nobody waits longer by more than this. */
export const sweepMsOf = ({ idleMs }: Pick<DoorLimits, 'idleMs'>): number => idleMs / 10;

/** How long a connection that waits may still bring a request when the door closes. */
export const LAST_CHANCE_MS = 300;

/** What a thread has open beside its connections: measured 29 files with one thread, and 8 with each more. */
const FILES_OF_OURS = 64;
const FILES_OF_A_THREAD = 8;
/** Secondaries that are asked at once take as many, up to this. */
const MOST_ASKED = 256;

/**
 * How many connections all listeners of all threads may have open together, so that files remain for checks, the relay,
 * logs and the config: whoever comes when none is left is closed by the system, and nobody hears of him. Visitors have at
 * least a third of them, and each listener of each thread one.
 *
 * @param files that the process may have open; `undefined`: as many as it likes
 */
export const connectionsWithin = (
  files: number | undefined,
  { threads, listen, relay, secondaries }: Pick<Settings, 'threads' | 'listen' | 'relay' | 'secondaries'>,
): number => {
  const most = DOOR_LIMITS.mostConnections * threads * listen.length;
  if (files === undefined) return most;
  const asked = Math.min(secondaries.length, MOST_ASKED);
  const others = FILES_OF_OURS + FILES_OF_A_THREAD * threads + asked + (relay?.connections ?? 0);
  return Math.min(most, Math.max(files - others, Math.floor(files / 3), threads * listen.length));
};
