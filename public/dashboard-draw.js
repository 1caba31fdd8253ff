// The small pictures of the dashboard as SVG path data. The server draws the first page with it, the browser the rest.

/** How many checks one row shows. */
const BEATS = 40;
const STEP = 5;
const FLOOR = 24;
const SLOWEST = Math.log10(1 + 2000);

/** Quick answers are short bars, slow ones tall; by the logarithm, so that 1 ms and 20 ms still differ. */
const heightOf = (tookMs) => 7 + 13 * Math.min(1, Math.log10(1 + Math.max(0, tookMs || 0)) / SLOWEST);

/** The last checks, the newest at the right: passes in one path, failures (whole height) in another. */
export const bars = (beats) => {
  const last = beats.slice(-BEATS);
  const paths = { passes: '', failures: '', words: wordsFor(last) };
  for (const [index, [, tookMs, failure]] of last.entries()) {
    const x = (BEATS - last.length + index) * STEP + 2.5;
    if (failure === undefined) paths.passes += `M${x} ${FLOOR}V${(FLOOR - heightOf(tookMs)).toFixed(1)}`;
    else paths.failures += `M${x} ${FLOOR}V0`;
  }
  return paths;
};

const wordsFor = (beats) => {
  const failed = beats.filter(([, , failure]) => failure !== undefined).length;
  if (beats.length === 0) return 'no checks yet';
  return failed === 0
    ? `the last ${beats.length} checks passed`
    : `${failed} of the last ${beats.length} checks failed`;
};

/** Which of `count` beats lies under `x`, 0 to 1 across the picture; -1 where there is none. */
export const beatAt = (x, count) => {
  const index = Math.floor(x * BEATS) - (BEATS - Math.min(count, BEATS));
  return index < 0 || index >= count ? -1 : index;
};

/** The next round number upwards: 1, 2 or 5 times a power of ten. */
export const roundUp = (value) => {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = value / power;
  return (steps <= 1 ? 1 : steps <= 2 ? 2 : steps <= 5 ? 5 : 10) * power;
};

/** One line across `frame` (width, height, slots, max); a missing point is a gap. */
export const line = (points, frame) => {
  let path = '';
  let isPenDown = false;
  for (const [index, point] of points.entries()) {
    if (point === null) {
      isPenDown = false;
      continue;
    }
    path += `${isPenDown ? 'L' : 'M'}${xOf(index, points.length, frame)} ${yOf(point, frame)}`;
    isPenDown = true;
  }
  return path;
};

/** The lines on top of each other: for each its upper edge, and the area between it and the one below. */
export const stack = (lines, frame) => {
  const length = Math.max(0, ...lines.map((points) => points.length));
  let below = new Array(length).fill(0);
  return lines.map((points) => {
    const above = below.map((base, index) => base + (points[index] ?? 0));
    const edge = line(above, frame);
    const back = below
      .map((base, index) => `L${xOf(index, length, frame)} ${yOf(base, frame)}`)
      .reverse()
      .join('');
    below = above;
    return { edge, area: length < 2 ? '' : `${edge}${back}Z` };
  });
};

const xOf = (index, length, { width, slots }) =>
  (((slots - length + index) / (slots - 1)) * width).toFixed(1);

const yOf = (value, { height, max }) => (height - Math.min(1, value / max) * height).toFixed(1);
