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

const FILES = 4;
const LINES_A_WRITE = 5000;

/** Merges four logs of so many megabytes together into nothing. */
export const mergeLogs = async (
  programs: Programs,
  { folder, megabytes }: { readonly folder: string; readonly megabytes: number },
): Promise<Merged> => {
  const own = mkdtempSync(join(folder, 'logs-'));
  const files = Array.from({ length: FILES }, (_, nth) => join(own, `access-${nth}.log`));
  const bytes = files.reduce((sum, file, nth) => sum + writeLog(file, nth, (megabytes * 1e6) / FILES), 0);
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

/** Twenty visits a second, one after the other. @returns how many bytes */
const writeLog = (file: string, nth: number, bytes: number): number => {
  const out = openSync(file, 'w');
  let written = 0;
  for (let line = 0; written < bytes; line += LINES_A_WRITE) {
    const text = Array.from({ length: LINES_A_WRITE }, (_, of) => lineOf(nth, line + of)).join('');
    written += writeSync(out, text);
  }
  closeSync(out);
  return written;
};

const lineOf = (nth: number, line: number): string => {
  const time = new Date(1_794_393_600_000 + line * 50 + nth * 10).toISOString();
  return `203.0.113.${line % 250} - - [${time.slice(8, 10)}/Nov/2026:${time.slice(11, 19)} +0000] "GET /page/${line}?from=${nth} HTTP/1.1" 200 ${1000 + (line % 9000)} "http://www.example.org/" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"\n`;
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
