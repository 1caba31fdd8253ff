/** Milliseconds of each unit, the longest first. */
const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

type Unit = keyof typeof UNITS;

/** What a duration looks like, as a JSON Schema pattern: `500ms`, `2s`, `1.5h`. */
export const DURATION_PATTERN = '^[0-9]{1,11}(\\.[0-9]{1,3})?(ms|s|m|h|d)$';

/** Milliseconds of a duration such as `500ms`, `2s` or `1h`; undefined when it is none. */
export const parseDuration = (text: string): number | undefined => {
  const [, digits, unit] = /^(\d{1,11}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return Math.round(Number(digits) * UNITS[unit as Unit]);
};

/** A duration as it stands in a config, exact: 90000 is `90s`, 3600000 is `1h`. */
export const printDuration = (ms: number): string => {
  if (ms === 0) return '0s';
  for (const [unit, size] of Object.entries(UNITS)) {
    if (ms % size === 0) return `${String(ms / size)}${unit}`;
  }
  return `${String(Math.round(ms))}ms`;
};

/** How a duration was most likely meant: 2 and `"2"` and `"2 sec"` are `2s`, 500 and `"500 msec"` are `500ms`. */
export const likelyDuration = (given: unknown): string | undefined => {
  const [, digits, word = ''] = /^\s*(\d{1,11}(?:\.\d{1,3})?)\s*([a-z]*)\.?\s*$/i.exec(String(given)) ?? [];
  if (digits === undefined || (typeof given !== 'number' && typeof given !== 'string')) return undefined;
  const unit = unitOf(word.toLowerCase());
  if (unit !== undefined) return `${digits}${unit}`;
  if (word !== '') return undefined;
  return `${digits}${Number(digits) >= 500 ? 'ms' : 's'}`;
};

const unitOf = (word: string): Unit | undefined => {
  if (/^(?:ms|msecs?|millis|milliseconds?)$/.test(word)) return 'ms';
  if (/^(?:s|secs?|seconds?)$/.test(word)) return 's';
  if (/^(?:m|mins?|minutes?)$/.test(word)) return 'm';
  if (/^(?:h|hrs?|hours?)$/.test(word)) return 'h';
  return /^(?:d|days?)$/.test(word) ? 'd' : undefined;
};
