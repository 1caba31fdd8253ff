import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Programs } from '../programs.ts';
import { cpuUsOf } from '../usage.ts';

const launcher = fileURLToPath(new URL('../../../src/usher.js', import.meta.url));

/** What merging logs took. */
export interface Merged {
  /** of the logs, for each second of processor time, the start of the program left out */
  readonly mbPerCpuSecond: number;
  /** the most that was resident */
  readonly residentMb: number;
}

/** Lines that are written at once, at most. */
const LINES_A_WRITE = 5000;
/** From a day to the next in the logs of one who rotates them. */
const DAY_MS = 86_400_000;

/** What is merged. */
export interface Logs {
  readonly folder: string;
  /** of all of them together */
  readonly megabytes: number;
  readonly files: number;
  /** so many follow one another, day by day; absent: all are of the same time */
  readonly inTurn?: number;
}

/** Merges logs into nothing. */
export const mergeLogs = async (
  programs: Programs,
  { folder, megabytes, files: number, inTurn = 1 }: Logs,
): Promise<Merged> => {
  const own = mkdtempSync(join(folder, 'logs-'));
  const files = Array.from({ length: number }, (_, nth) => join(own, `access-${nth}.log`));
  const each = (megabytes * 1e6) / number;
  const bytes = files.reduce(
    (sum, file, nth) => sum + writeLog(file, { nth, bytes: each, sinceMs: (nth % inTurn) * DAY_MS }),
    0,
  );
  const empty = join(own, 'empty.log');
  closeSync(openSync(empty, 'w'));
  const started = await watch(programs, [empty]);
  const merged = await watch(programs, files);
  rmSync(own, { recursive: true });
  return {
    mbPerCpuSecond: bytes / (merged.cpuUs - started.cpuUs),
    residentMb: merged.residentMb,
  };
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Twenty visits a second, one after the other. @returns how many bytes */
const writeLog = (
  file: string,
  { nth, bytes, sinceMs }: { readonly nth: number; readonly bytes: number; readonly sinceMs: number },
): number => {
  const out = openSync(file, 'w');
  let written = 0;
  const lines = Math.min(LINES_A_WRITE, Math.ceil(bytes / 200));
  for (let line = 0; written < bytes; line += lines) {
    const text = Array.from({ length: lines }, (_, of) => lineOf(nth, line + of, sinceMs)).join('');
    written += writeSync(out, text);
  }
  closeSync(out);
  return written;
};

const lineOf = (nth: number, line: number, sinceMs: number): string => {
  const time = new Date(1_762_000_000_000 + sinceMs + line * 50 + nth * 10).toISOString();
  const month = MONTHS[Number(time.slice(5, 7)) - 1];
  return `203.0.113.${line % 250} - - [${time.slice(8, 10)}/${month}/${time.slice(0, 4)}:${time.slice(11, 19)} +0000] "GET /page/${line}?from=${nth} HTTP/1.1" 200 ${1000 + (line % 9000)} "http://www.example.org/" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"\n`;
};

/** Runs the command and looks at it until it ends. */
const watch = async (
  programs: Programs,
  files: readonly string[],
): Promise<{ readonly cpuUs: number; readonly residentMb: number }> => {
  const merge = ['exec "$0" "$@" > /dev/null', process.execPath, launcher, 'mergelogs', ...files];
  const program = programs.start({ argv: ['bash', '-c', ...merge] });
  let cpuUs = 0;
  let residentKb = 0;
  const look = setInterval(() => {
    cpuUs = Math.max(cpuUs, cpuUsOf([program.pid]));
    residentKb = Math.max(residentKb, mostResidentKb(program.pid));
  }, 10);
  await new Promise((resolve) => program.child.once('close', resolve));
  clearInterval(look);
  if (program.child.exitCode !== 0) throw new Error(`usher mergelogs failed:\n${program.said()}`);
  return { cpuUs, residentMb: residentKb / 1024 };
};

const mostResidentKb = (pid: number): number => {
  try {
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // it has ended
  }
};
