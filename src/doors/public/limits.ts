/** What the public door bears of one visitor, and of all of them; spans in milliseconds. */
export interface DoorLimits {
  /** a connection waits so long for its next request */
  readonly idleMs: number;
  /** a head is whole by then */
  readonly headMs: number;
  /** a body is whole by then, unless it is carried */
  readonly requestMs: number;
  /** a connection over which nothing moves for so long is cut, unless it is carried */
  readonly stillMs: number;
  /** after so many requests a connection is closed, and the visitor may meet another thread */
  readonly mostRequests: number;
  /** connections that are open at once in one thread; another one is turned away */
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
