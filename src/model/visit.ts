import type { Id, Scheme } from './secondary.ts';

declare const checked: unique symbol;

/**
 * A request target in origin form: begins with `/`, holds only visible ASCII and no `#`. Made only by `parseTarget`,
 * so whatever origin it is put behind, it cannot leave it.
 */
export type Target = string & { readonly [checked]: 'target' };

/** A host that a visitor asked for, in lower case, without a port; an IPv6 address in brackets. Made only by `parseHost`. */
export type Host = string & { readonly [checked]: 'host' };

/** One request as facts. */
export interface Visit {
  readonly method: string;
  /** of the door the visitor came through, or what a trusted proxy says */
  readonly scheme: Scheme;
  readonly host: Host;
  readonly target: Target;
  /** Tells the visitor's own address; behind a trusted proxy the one it names. Costs a call to the kernel. */
  readonly visitor: () => string;
  /** the Cookie header as it came, or empty */
  readonly cookie: string;
  /** secondaries that do not work for this visitor */
  readonly avoid: readonly Id[];
  /** the User-Agent header as it came, or empty */
  readonly userAgent: string;
  /** the Accept header as it came, or empty */
  readonly accept: string;
  /** what a browser does with the answer, `document`, `image` …; empty: it does not say */
  readonly dest: string;
}
