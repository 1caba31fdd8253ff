import { readdirSync, readFileSync } from 'node:fs';

/** A process with all its descendants. */
export const familyOf = (pid: number): readonly number[] => {
  const children = tasksOf(pid).flatMap((task) =>
    (read(`/proc/${pid}/task/${task}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
};

/**
 * Time on a processor of all threads of these processes so far, in microseconds. The scheduler's own account, to the
 * nanosecond; where the kernel keeps none, user and system time in its ticks of 10 ms. Children that have ended are not in
 * it.
 */
export const cpuUsOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (scheduledUs(pid) ?? ticksUs(pid)), 0);

const scheduledUs = (pid: number): number | undefined =>
  sumScheduled(tasksOf(pid).map((task) => read(`/proc/${pid}/task/${task}/schedstat`)));

/**
 * The time of threads by what the scheduler says of each, in microseconds. One that ended before it was read is missing:
 * its time is not counted, for the ticks that would hold it are no measure beside the others. `undefined`: the kernel
 * keeps no account.
 */
export const sumScheduled = (stats: readonly (string | undefined)[]): number | undefined => {
  const told = stats.filter((text) => text !== undefined);
  if (told.length === 0) return undefined;
  return told.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1_000, 0);
};

const TICK_US = 10_000;

const ticksUs = (pid: number): number => {
  const [, fields = ''] = /\) (.*)$/s.exec(read(`/proc/${pid}/stat`) ?? '') ?? [];
  const [utime = 0, stime = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (utime + stime) * TICK_US;
};

/** Memory of processes, in bytes. */
export interface Memory {
  /** resident, summed: pages that several of them share count for each */
  readonly resident: number;
  /** the part of it that nobody else can have: not the pages of program files */
  readonly own: number;
}

/** Memory of these processes now. */
export const memoryOf = (pids: readonly number[]): Memory => {
  const sum = (field: string): number =>
    pids.reduce((total, pid) => {
      const text = read(`/proc/${pid}/smaps_rollup`) ?? '';
      return total + Number(new RegExp(`^${field}: +(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
    }, 0);
  return { resident: sum('Rss'), own: sum('Anonymous') };
};

const tasksOf = (pid: number): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it has ended
  }
};

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
