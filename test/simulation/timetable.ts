import { createTimeHeap } from './time-heap.ts';

/** What happens beside requests and answers, by its time. Seconds. */
export interface Timetable {
  readonly next: () => number;
  /** Does what is planned for that time. */
  readonly happen: (now: number) => void;
  readonly at: (time: number, what: (now: number) => void) => void;
  readonly every: (span: number, first: number, what: (now: number) => void) => void;
}

/** An empty timetable. */
export const createTimetable = (): Timetable => {
  const times = createTimeHeap();
  const happenings: ((now: number) => void)[] = [];
  /** places of what happened once, free for others */
  const free: number[] = [];
  return {
    next: times.next,
    happen: (now) => happenings[times.pop()]!(now),
    at: (time, what) => {
      const index = free.pop() ?? happenings.length;
      happenings[index] = (now) => {
        free.push(index);
        what(now);
      };
      times.push(time, index);
    },
    every: (span, first, what) => {
      const index =
        happenings.push((now) => {
          what(now);
          times.push(now + span, index);
        }) - 1;
      times.push(first, index);
    },
  };
};
