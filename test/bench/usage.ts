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
 * nanosecond; where the kernel keeps none, user and system time in its ticks of 10 ms.
 */
export const cpuUsOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (scheduledUs(pid) ?? ticksUs(pid)), 0);

const scheduledUs = (pid: number): number | undefined => {
  const tasks = tasksOf(pid).map((task) => read(`/proc/${pid}/task/${task}/schedstat`));
  if (tasks.length === 0 || tasks.some((text) => text === undefined)) return undefined;
  return tasks.reduce((sum, text) => sum + Number((text ?? '').split(' ')[0]) / 1_000, 0);
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
