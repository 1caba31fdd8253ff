import type { Host } from '../model/visit.ts';
import type { Id } from '../model/secondary.ts';
import type { Location } from './locate.ts';

/** A page of `views/`, ready to be filled. */
export interface View<Data> {
  /** Fills the page. Whatever the data holds becomes text, never markup. */
  readonly html: (data: Data) => string;
  /** The Content-Security-Policy that permits the page its own script and style and nothing else; always the same. */
  readonly contentSecurityPolicy: string;
}

/** What the page that goes on by itself is filled with. */
export interface PageData {
  readonly host: Host;
  /** where it goes on to */
  readonly location: Location;
  /** the scheme and host of `location`, for people */
  readonly place: string;
}

/** What the page is filled with whose script chooses. */
export interface ChoosingData extends PageData {
  /** those whom it names, separated by spaces, the choice of the policy first */
  readonly origins: string;
  /** their weights, separated by spaces, to draw by; empty: it asks them */
  readonly weights: string;
  /** the path that it asks them for */
  readonly ask: string;
  /** 1 where it may not ask the first, else 0 */
  readonly from: number;
  /** what it sends the receipt with; empty: no receipt is wanted */
  readonly slip: string;
}

/** What the page is filled with whose script goes to the relay where nobody answers. */
export interface ReachingData extends PageData {
  /** those whom it asks, separated by spaces, the choice of the policy first */
  readonly origins: string;
  /** the path that it asks them for */
  readonly ask: string;
  /** names the first */
  readonly id: Id;
  /** the way to the relay, for whoever has no script */
  readonly relay: string;
}

/** What the page is filled with that a visitor gets when nobody can take him. */
export interface SorryData {
  readonly host: Host;
  /** how it tries again by itself; absent: it doesn't, because the visit was not a plain question */
  readonly again?: {
    readonly inSeconds: number;
    /** the visitor's own address, relative to itself and without fragment */
    readonly at: string;
  };
}

/** What the page is filled with that a visitor gets while no more can be carried. */
export interface BusyData extends SorryData {
  /** the direct way */
  readonly location: Location;
}

/** What the primary's own splash page is filled with. */
export interface SplashData {
  readonly host: Host;
  /** where its link leads: a path of the primary, which sends the visitor on from there */
  readonly onward: string;
}

/** What the public status page is filled with. */
export interface StatusData {
  /** the whole in a sentence */
  readonly headline: string;
  readonly rows: readonly { readonly id: string; readonly words: string }[];
  /** ISO 8601 */
  readonly at: string;
}

/** The pages that visitors of the primary may see. Handed in, so that a delivery touches neither files nor templates. */
export interface Views {
  readonly page: View<PageData>;
  readonly choosing: View<ChoosingData>;
  readonly reaching: View<ReachingData>;
  readonly sorry: View<SorryData>;
  readonly splash: View<SplashData>;
  readonly busy: View<BusyData>;
  readonly status: View<StatusData>;
}
