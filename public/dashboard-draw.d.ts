/** One check: when (milliseconds since 1970), how long it took, and why it failed, if it did. */
type Beat = readonly [at: number, tookMs: number, failure?: string];

/** The room that a line has. */
interface Frame {
  readonly width: number;
  readonly height: number;
  /** points that the whole width holds; fewer end at the right */
  readonly slots: number;
  /** the value at the upper edge */
  readonly max: number;
}

/** The last 40 checks, the newest at the right: SVG path data, and a sentence that says the same. */
export function bars(beats: readonly Beat[]): {
  readonly passes: string;
  readonly failures: string;
  readonly words: string;
};
/** Which of `count` beats lies under `x`, 0 to 1 across the picture; -1 where there is none. */
export function beatAt(x: number, count: number): number;
/** The next round number upwards: 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number;
/** One line as path data; `null` is a gap. */
export function line(points: readonly (number | null)[], frame: Frame): string;
/** The lines on top of each other: for each its upper edge, and the area between it and the one below. */
export function stack(
  lines: readonly (readonly number[])[],
  frame: Frame,
): readonly { readonly edge: string; readonly area: string }[];
