import type { Host } from '../model/visit.ts';
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
  /** those whom it names, separated by spaces, the choice of the policy first; on the host of that one only the port */
  readonly origins?: string;
  /** why that is the first, one word of ours */
  readonly because?: string;
}

/** What the page is filled with whose script chooses. */
export interface ChoosingData extends PageData {
  readonly origins: string;
  /** where the share of each ends, of 100,000, separated by spaces, to draw by; empty: it asks all at once */
  readonly shares: string;
  /** the path that it asks them for; empty: it goes to the drawn one unasked */
  readonly ask: string;
  /** the way to the relay, for where nobody answers, and for whoever has no script; empty: there is none */
  readonly relay: string;
  /** of the first, where the primary is to be told that it is out of reach; empty: it is not */
  readonly id: string;
  /** `n` where it may not ask the first, as the receipt says then */
  readonly from: '' | 'n';
  /** what it sends the receipt with; empty: no receipt is wanted */
  readonly slip: string;
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

/** What the page is filled with that a visitor gets whose request was carried, and not answered. */
export interface UnansweredData {
  readonly host: Host;
  /** his own address, relative to itself and without fragment; absent: it was not a plain question */
  readonly at?: string;
}

/** What the page is filled with that asks a visitor whether he reached where he was sent. */
export interface DoubtData extends PageData {
  /** where he goes who did not: a path of the primary */
  readonly other: string;
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
  readonly doubt: View<DoubtData>;
  readonly sorry: View<SorryData>;
  readonly splash: View<SplashData>;
  readonly busy: View<BusyData>;
  readonly unanswered: View<UnansweredData>;
  readonly status: View<StatusData>;
}
