import type { SecondarySettings, Settings } from '../config/settings.ts';
import type { Reading } from '../loads/load-reader.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Origin } from '../model/secondary.ts';
import type { CertificateSeen } from '../wire/certificate.ts';
import type { Failed, HttpAnswer } from '../wire/wire.ts';

/** What came back for one path. */
export interface Seen {
  readonly path: string;
  readonly answer: HttpAnswer | Failed;
  /** milliseconds since 1970 when it was asked and when it had come, by this machine's clock */
  readonly askedAt: number;
  readonly cameAt: number;
}

/** What was seen of one secondary. */
export interface Look {
  readonly secondary: SecondarySettings;
  /** where visitors find it */
  readonly visited: Origin;
  readonly ping: Outcome;
  /** absent: no load reader is configured */
  readonly load?: Reading;
  /** the landing page, and where it leads within the secondary */
  readonly pages: readonly Seen[];
  /** folders that the page links to, asked for without their last slash */
  readonly folders: readonly Seen[];
  /** what it shows the relay of pages that are for local addresses only, mostly; empty where nobody is carried */
  readonly local: readonly Seen[];
  /** it answers as an Usher does */
  readonly isUsher: boolean;
  /** absent: plain HTTP */
  readonly certificate?: CertificateSeen | Failed;
}

/** Whether a secondary showed a page at all. */
export const isSeen = ({ pages }: Look): boolean => pages.some(({ answer }) => answer.ok);

/** What was seen of one listener of the primary, asked from this machine. */
export interface DoorSeen {
  /** as in `port 80` */
  readonly name: string;
  readonly answer: HttpAnswer | Failed;
  readonly isUsher: boolean;
  /** why this user cannot listen there, a system's error code; absent: he can, or somebody does */
  readonly cannotListen?: string;
  /** of its certificate file: until when, and whether it fits the name; absent: plain HTTP */
  readonly certificate?: CertificateSeen | Failed;
}

/** What was seen of one name that visitors type. */
export interface NameSeen {
  readonly name: string;
  /** its addresses; both empty: it has none */
  readonly v4: readonly string[];
  readonly v6: readonly string[];
  /** one of the addresses is this machine's own */
  readonly isOwn: boolean;
  /** the primary asked by that name, once a version of IP that the name has */
  readonly door: readonly Reached[];
  /** port 80 of that name, likewise; absent: the primary listens there, or nobody can tell */
  readonly plain?: readonly Reached[];
  /** the secondaries' ports of that name */
  readonly ports: readonly (Reached & { readonly id: string; readonly port: number })[];
}

/** Whether something answered by one version of IP. */
export interface Reached {
  readonly family: 4 | 6;
  readonly failed?: Failed;
  /** the primary only: it answers as an Usher does */
  readonly isUsher?: boolean;
}

/** What was seen of a file or folder. */
export interface FileSeen {
  readonly path: string;
  /** permission bits; absent: it is not there, or cannot be looked at */
  readonly mode?: number;
  /** why it cannot be used, in words */
  readonly trouble?: string;
}

/** What was seen of one of the two files of the worker. */
export interface PoolFileSeen extends FileSeen {
  readonly writtenAt?: number;
  readonly everyMs?: number;
  readonly ids?: readonly string[];
}

/** Everything that the examinations go by. */
export interface Facts {
  readonly settings: Settings;
  /** the name that visitors are taken to have typed */
  readonly host: string;
  readonly looks: readonly Look[];
  /** secondaries that were not asked, for want of time */
  readonly unseen: readonly string[];
  readonly doors: readonly DoorSeen[];
  readonly names: readonly NameSeen[];
  readonly secret: FileSeen;
  readonly folder: FileSeen;
  /** absent: the checks are not read from files */
  readonly poolFiles?: readonly PoolFileSeen[];
  /** files that a program of this user may have open at once; absent: nobody can tell */
  readonly mostFiles?: number;
  /** milliseconds since 1970, now */
  readonly wall: number;
}
