import type { Clock } from '../model/clock.ts';
import type { Failure } from '../model/outcome.ts';
import type { Origin } from '../model/secondary.ts';

/** Which version of IP a probe uses; `any` tries the addresses of a name in the order the system's resolver gives. */
export type Family = 4 | 6 | 'any';

/** An expected failure: a value, not an exception. */
export interface Failed {
  readonly ok: false;
  readonly failure: Failure;
  /** in words, safe to log: printable, at most 200 characters */
  readonly detail: string;
}

export interface HttpQuestion {
  readonly at: Origin;
  /** path and query */
  readonly path: string;
  readonly method?: 'GET' | 'HEAD' | 'OPTIONS' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** sent with a POST */
  readonly body?: string;
  /** whole time, from connecting to the last byte */
  readonly timeoutMs: number;
  readonly family?: Family;
  /** expects this name in the certificate and sends it as SNI; absent: the origin's host */
  readonly serverName?: string;
  /** `any`: whatever certificate it shows will do; absent: one that is trusted and bears the name */
  readonly certificate?: 'any';
  /** the longest body that is read; absent: 64 KiB */
  readonly mostBytes?: number;
  /** a longer body: `refuse` (if absent) fails as too large, `cut` takes its beginning for the answer */
  readonly whenLonger?: 'refuse' | 'cut';
  /**
   * `leave` leaves the connection open for half a second after an answer that may have a body; `take` goes over one that
   * was left by a question to the same place, if there is one, and closes it; absent: a connection of its own, closed with
   * the answer
   */
  readonly line?: 'leave' | 'take';
}

export interface HttpAnswer {
  readonly ok: true;
  readonly status: number;
  /** in lower case; a header that came twice is joined by `, ` */
  readonly headers: Readonly<Record<string, string>>;
  /** at most `mostBytes`, as UTF-8 */
  readonly body: string;
  /** the body went on */
  readonly cut?: true;
}

/** What a program that ended by itself left behind; of each text at most 64 KiB. */
export interface Ran {
  readonly ok: true;
  readonly code: number;
  /** what it printed on standard output */
  readonly output: string;
  /** what it printed on standard error */
  readonly complaint: string;
}

/**
 * The ways in which checks and load readers reach out. Handed to them, so that tests hand others. None throws for
 * what a network or a secondary may do: that comes back as `Failed`.
 */
export interface Wire {
  readonly clock: Clock;
  /** Asks by HTTP. Follows no redirect, keeps no connection for long, stops at 64 KiB. */
  readonly ask: (question: HttpQuestion) => Promise<HttpAnswer | Failed>;
  /** Opens a TCP connection, sends `say` if given, and collects what comes until the end, a newline or 4 KiB. */
  readonly connect: (to: {
    readonly host: string;
    readonly port: number;
    readonly timeoutMs: number;
    readonly family?: Family;
    /** read an answer; absent: connecting is enough */
    readonly read?: boolean;
    readonly say?: string;
  }) => Promise<{ readonly ok: true; readonly text: string } | Failed>;
  /**
   * Runs a program without a shell and collects at most 64 KiB of what it prints; killed when the time is up. That it
   * could not run, or was ended by a signal, is the failure `command`.
   */
  readonly run: (command: {
    readonly argv: readonly [string, ...string[]];
    readonly env?: Readonly<Record<string, string>>;
    /** what it finds on standard input; absent: nothing */
    readonly input?: string;
    readonly timeoutMs: number;
  }) => Promise<Ran | Failed>;
}
