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
