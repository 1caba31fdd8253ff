/** Bytes of each unit, the largest first. */
const UNITS = {
  TB: 1e12,
  GB: 1e9,
  MB: 1e6,
  kB: 1000,
  TiB: 1024 ** 4,
  GiB: 1024 ** 3,
  MiB: 1024 ** 2,
  KiB: 1024,
  B: 1,
} as const;

/** What a size looks like, as a JSON Schema pattern: `500kB`, `1.5GB`, `64MiB`. */
export const SIZE_PATTERN = '^[0-9]{1,11}(\\.[0-9]{1,3})?(B|[kMGT]B|[KMGT]iB)$';

/** Bytes of a size such as `500kB`, `1GB` or `64MiB`; undefined when it is none. */
export const parseSize = (text: string): number | undefined => {
  const [, digits, unit] = /^(\d{1,11}(?:\.\d{1,3})?)(B|[kMGT]B|[KMGT]iB)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return Math.round(Number(digits) * UNITS[unit as keyof typeof UNITS]);
};

/** A size as it stands in a config, exact: 1000000000 is `1GB`. */
export const printSize = (bytes: number): string => {
  for (const [unit, size] of Object.entries(UNITS)) {
    if (bytes > 0 && bytes % size === 0) return `${String(bytes / size)}${unit}`;
  }
  return `${String(bytes)}B`;
};
