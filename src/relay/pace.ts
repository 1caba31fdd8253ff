/** What a visitor has to send of a body in so long a wait for it, or he only holds his place. */
const LEAST_BYTES = 30_000;
const WITHIN_MS = 30_000;

/**
 * Judges how fast a body comes, a kilobyte a second on an average of half a minute at least. Only the time counts in
 * which something was waited for: whoever is held up by somebody else is not slow.
 *
 * @returns told of each piece, how long it is and how long it was waited for; false: too slow
 */
export const createPace = (): ((bytes: number, waitedMs: number) => boolean) => {
  let bytes = 0;
  let waitedMs = 0;
  return (more, moreMs) => {
    bytes += more;
    waitedMs += moreMs;
    if (waitedMs < WITHIN_MS) return true;
    const isFast = bytes / waitedMs >= LEAST_BYTES / WITHIN_MS;
    bytes = 0;
    waitedMs = 0;
    return isFast;
  };
};
