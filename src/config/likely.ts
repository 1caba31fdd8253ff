/** What others say for what Usher calls by its own word; without `-`, `_` and blanks, in lower case. */
const OTHERS_SAY: Readonly<Record<string, string>> = {
  backends: 'secondaries',
  servers: 'secondaries',
  upstreams: 'secondaries',
  upstream: 'secondaries',
  nodes: 'secondaries',
  pool: 'secondaries',
  sticky: 'affinity',
  session: 'affinity',
  persistence: 'affinity',
  strategy: 'policy',
  algorithm: 'policy',
  healthcheck: 'ping',
  check: 'ping',
  interval: 'every',
  rr: 'round-robin',
  leastconn: 'least-connections',
  leastconnections: 'least-connections',
  lc: 'least-connections',
  p2c: 'two-choices',
  poweroftwo: 'two-choices',
  iphash: 'hash',
  source: 'hash',
  failover: 'first',
  priority: 'first',
  enabled: 'ready',
  active: 'ready',
  up: 'ready',
  draining: 'drain',
  disabled: 'maintenance',
  down: 'maintenance',
  maint: 'maintenance',
  off: 'maintenance',
  name: 'id',
  server: 'id',
  host: 'at',
  address: 'at',
  trustproxy: 'trustProxies',
  trustedproxies: 'trustProxies',
  hosts: 'names',
  domains: 'names',
};

/** The option that was most likely meant, or none: another case, another dash, a slip or two, another program's word. */
export const likely = (given: string, options: readonly string[]): string | undefined => {
  const wanted = plain(given);
  const same = options.find((option) => plain(option) === wanted);
  if (same !== undefined) return same;

  const ours = Object.hasOwn(OTHERS_SAY, wanted) ? OTHERS_SAY[wanted] : undefined;
  if (ours !== undefined && options.includes(ours)) return ours;

  let best: string | undefined;
  let least = wanted.length < 5 ? 2 : 3;
  for (const option of options) {
    const slips = distance(wanted, plain(option));
    if (slips >= least || slips >= option.length) continue;
    least = slips;
    best = option;
  }
  return best;
};

const plain = (text: string): string =>
  text
    .slice(0, 64)
    .toLowerCase()
    .replace(/[-_\s]/g, '');

/** Letters to change, add, drop or swap with their neighbour (optimal string alignment). */
const distance = (one: string, other: string): number => {
  if (Math.abs(one.length - other.length) > 2) return 3;
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = one[i - 1] === other[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (isSwap) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[other.length] ?? 3;
};

/** How many choices are listed although one of them is the likely one. */
const LISTED = 8;

/** What fits, the likely one first: `"drain" (of "ready", "drain", "maintenance")`. */
export const fitsOneOf = (given: unknown, options: readonly string[]): string => {
  const all = options.map((option) => JSON.stringify(option)).join(', ');
  if (options.length === 0) return 'none';
  if (options.length === 1) return all;
  const best = typeof given === 'string' ? likely(given, options) : undefined;
  if (best === undefined) return `one of ${all}`;
  return options.length > LISTED ? JSON.stringify(best) : `${JSON.stringify(best)} (of ${all})`;
};
