import type { Event } from '../journal.ts';
import type { Origin, Secondary } from '../model/secondary.ts';
import type { Target } from '../model/visit.ts';
import type { Choice } from '../unit.ts';

/** One listener of the public door. */
export interface Listen {
  /** absent: every address of the machine, IPv4 and IPv6 */
  readonly host?: string;
  readonly port: number;
  /** a socket that already listens, opened by the service manager; host and port only name it then */
  readonly fd?: number;
  /** certificate and key files, absolute paths; absent: plain HTTP */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A secondary with the questions it is asked. */
export interface SecondarySettings extends Secondary {
  /** where its ACME client answers challenges; absent: where the primary reaches it */
  readonly acme?: Origin;
  readonly ping: Choice;
  /** absent: the answer time of the ping is its load */
  readonly load?: Choice;
  readonly rise: number;
  readonly fall: number;
  readonly timeoutMs: number;
}

export type ChecksFrom = 'none' | 'live' | 'cached';

export interface ChecksSettings {
  readonly from: ChecksFrom;
  readonly everyMs: number;
  readonly worker: 'own' | 'elsewhere';
  /** live: how old an answer may be; 0 asks anew for every visitor */
  readonly freshnessMs: number;
  /** the longest that a live round may keep a visitor waiting */
  readonly timeoutMs: number;
  /** how long a secondary that comes back takes to its whole share */
  readonly slowReturnMs: number;
  /** cached: how many secondaries are asked anew after a visit, within limits; 0: none */
  readonly freshen: number;
}

/** How one path of the primary dispatches; or that it serves a file of the site folder. */
export type EntranceSettings =
  | 'local'
  | {
      readonly policy: Choice;
      readonly checks: ChecksFrom;
      readonly delivery: Choice;
      /**
       * false: neither reads nor sets the cookie, every visit is a new choice. So it is for the article's own pages
       * (the default entrances), which are there to watch the choice; true where the operator names an entrance.
       */
      readonly affinity: boolean;
    };

/** How a visitor is sent back to where he was. */
export interface AffinitySettings {
  /** name of the cookie */
  readonly cookie: string;
  readonly forMs: number;
  /** whoever is back within this for the same page may not have reached his secondary; absent: that is not minded */
  readonly redispatchMs?: number;
}

/** Somebody who is told of events. */
export interface NoticeSettings {
  readonly to:
    | { readonly kind: 'webhook'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
    | { readonly kind: 'exec'; readonly argv: readonly [string, ...string[]] };
  /** of which events */
  readonly events: readonly Event['type'][];
  readonly timeoutMs: number;
}

/** Who is carried over the primary's own port instead of being sent on, and how much of that there is. */
export interface RelaySettings {
  /** carried at the same time, all threads together */
  readonly connections: number;
  /** both ways together */
  readonly bytesPerHour: number;
  /** how long whoever reaches no secondary is carried */
  readonly forMs: number;
  readonly webSockets: boolean;
  /** exact paths, or with a `*` at the end all that begin so */
  readonly paths: readonly string[];
  /** parts of a User-Agent, in lower case */
  readonly userAgents: readonly string[];
  /** paths that are not carried, with all below them, or with a `*` at the end all that begin so */
  readonly refuse: readonly string[];
  readonly connectMs: number;
  readonly answerMs: number;
  readonly idleMs: number;
}

/** `usher.json` checked, with its defaults, every span in milliseconds and every path absolute. Plain data. */
export interface Settings {
  readonly listen: readonly Listen[];
  readonly admin: {
    readonly host: string;
    readonly port: number;
    readonly password?: string;
    /** not empty; names are unique */
    readonly tokens?: readonly {
      readonly name: string;
      readonly scope: 'read' | 'write';
      readonly hash: string;
    }[];
  };
  readonly threads: number;
  /** in lower case; absent: any valid host */
  readonly names?: readonly string[];
  /** CIDR ranges */
  readonly trustProxies: readonly string[];
  /** CIDR ranges of visitors who find secondaries at their LAN address */
  readonly lan: readonly string[];
  /** hosts whose visitors are sent to the TLS door at this port first; false: none */
  readonly redirectToHttps: false | { readonly names: readonly string[]; readonly port: number };
  readonly policy: Choice;
  readonly checks: ChecksSettings;
  readonly delivery: Choice;
  readonly affinity: false | AffinitySettings;
  /** absent: nobody is carried */
  readonly relay?: RelaySettings;
  readonly landing: Target;
  readonly debug: boolean;
  /** who takes JSON only is told where to go instead of being sent */
  readonly jsonAnswers: boolean;
  readonly whenAllDown:
    { readonly kind: 'sorry' | 'anyone' | 'local' } | { readonly kind: 'url'; readonly url: string };
  /** absolute */
  readonly siteFolder: string;
  /** file that tells where networks are, absolute; absent: nobody knows */
  readonly geo?: string;
  /** folder of whatever is kept: `checks.files` of the config, with pingfile, sitefile, secret; absolute */
  readonly stateFolder: string;
  /** by exact path */
  readonly entrances: ReadonlyMap<string, EntranceSettings>;
  /** file of the access log, absolute; `-` is standard output; absent: none */
  readonly accessLog?: string;
  /** page and badge for everybody */
  readonly statusPage: boolean;
  readonly hitCounter: boolean;
  /** how long browsers go by whom they were told of last while the primary is down; absent: not at all */
  readonly wayInMs?: number;
  /** who is told of events */
  readonly notify: readonly NoticeSettings[];
  /** not empty; ids are unique */
  readonly secondaries: readonly SecondarySettings[];
}
