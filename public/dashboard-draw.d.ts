/** One check: when (milliseconds since 1970), how long it took, and why it failed, if it did. */
type Beat = readonly [at: number, tookMs: number, failure?: string];

/** The last 40 checks, the newest at the right: SVG path data, and a sentence that says the same. */
export function bars(beats: readonly Beat[]): {
  readonly passes: string;
  readonly failures: string;
  readonly words: string;
};
/** Which of `count` beats lies under `x`, 0 to 1 across the picture; -1 where there is none. */
export function beatAt(x: number, count: number): number;
