import type { Location } from '../deliveries/locate.ts';
import type { Chosen } from '../model/decision.ts';
import type { Id } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';
import type { Arrival } from './visit/arrival.ts';
import type { Entrance } from './make-entrances.ts';
import type { Roster } from './roster/roster.ts';

/** What is known of a visitor who says that another secondary does not work for him. */
export interface Leaving {
  /** the secondary that answered his browser, as its script says; absent: nobody asked */
  readonly reached: Id | undefined;
}

/** A visit on its way, with what only few answers need. */
export interface Asked {
  readonly visit: Visit;
  readonly through: Entrance;
  readonly arrival: Arrival;
  /** a rule or his own cookie says that he is carried */
  readonly isCarried: boolean;
  /** he was, until now: his browser is to see for itself whom it reaches */
  readonly isTriedAnew: boolean;
  /** he takes the way out; absent: nothing is wrong, as far as anybody knows */
  readonly leaving: Leaving | undefined;
}

/** Whom a visit goes to, and who else there is. */
export interface Settled {
  readonly decision: Chosen;
  readonly roster: Roster;
  readonly location: Location;
}
