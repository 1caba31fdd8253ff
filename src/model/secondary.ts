import type { Place } from './place.ts';

/** Names one secondary; matches `^[a-z0-9][a-z0-9._-]{0,62}$`. */
export type Id = string;

export type Scheme = 'http' | 'https';

/** Scheme, host and port, without anything behind: `http://192.168.1.3:8086`. */
export type Origin = `${Scheme}://${string}`;

/** Where a visitor finds a secondary: another port of the host he asked for, or a host of its own. */
export type Address =
  | { readonly kind: 'same-host'; readonly scheme: Scheme; readonly port: number }
  | { readonly kind: 'own'; readonly origin: Origin };

/** Whether a secondary takes its share, or only stands in when no active one can. */
export type Role = 'active' | 'backup';

/** What the operator wants: `ready` takes visitors, `drain` keeps those it has, `maintenance` takes none. */
export type State = 'ready' | 'drain' | 'maintenance';

/** A web server that visitors are sent to. Plain data. */
export interface Secondary {
  readonly id: Id;
  /** where visitors find it */
  readonly address: Address;
  /** where the primary itself reaches it */
  readonly at: Origin;
  /** where visitors from inside the LAN find it; absent: where all others do */
  readonly lan?: Origin;
  /** where on Earth it is; absent: it does not say */
  readonly place?: Place;
  /** share of visitors beside the others'; 0 takes no new ones */
  readonly weight: number;
  readonly role: Role;
  readonly state: State;
  /** when the state ends by itself and it is ready again, milliseconds since 1970; absent: it does not */
  readonly untilAt?: number;
  /** the file that takes it out, whatever the list says; absent: none does */
  readonly takenOutBy?: string;
}
