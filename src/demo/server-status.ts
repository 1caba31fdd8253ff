/** What a web server knows of its own work. */
export interface Work {
  /** requests in service now, the one that asks included */
  readonly running: number;
  /** requests taken since the start */
  readonly taken: number;
  /** milliseconds spent serving since the start */
  readonly busyMs: number;
  readonly upMs: number;
}

/** How many requests a sample secondary pretends to serve at once: as many as Apache does out of the box. */
const WORKERS = 150;

/**
 * Tells a server's work in the words of Apache's `/server-status?auto` (mod_status with ExtendedStatus), where
 * Total Duration is in milliseconds.
 */
export const serverStatus = ({ running, taken, busyMs, upMs }: Work): string => {
  const upSeconds = Math.floor(upMs / 1000);
  const busy = Math.min(running, WORKERS);
  return [
    'ServerVersion: Usher demo',
    `ServerUptimeSeconds: ${upSeconds}`,
    `Total Accesses: ${taken}`,
    `Total Duration: ${Math.round(busyMs)}`,
    `Uptime: ${upSeconds}`,
    `ReqPerSec: ${(taken / Math.max(1, upSeconds)).toFixed(4)}`,
    `BusyWorkers: ${busy}`,
    `IdleWorkers: ${WORKERS - busy}`,
    `Scoreboard: ${'W'.repeat(busy)}${'_'.repeat(WORKERS - busy)}`,
    '',
  ].join('\n');
};
