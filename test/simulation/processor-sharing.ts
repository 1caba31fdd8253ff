import { createTimeHeap } from './time-heap.ts';

/**
 * One machine that serves all its requests at once, each with an equal part of its speed: exact, by virtual time. Virtual
 * time runs at speed / requests, so a request of size s is done when s of it have gone by; with several cores no request
 * gets more than one of them. Times in seconds.
 */
export interface Server {
  /** Lets time go by; call before anything else at a new instant. */
  readonly advance: (now: number) => void;
  /** A request of that size (seconds at speed 1) begins; `advance` first. */
  readonly begin: (job: number, size: number) => void;
  /** when the next request is done, if nothing else comes; Infinity when idle */
  readonly nextDone: () => number;
  /** Takes the request that is done now; `advance` to `nextDone` first. */
  readonly finish: () => number;
  /** requests in service */
  readonly running: () => number;
  /** how long one more request of that size would take, if all that are in service stayed so long */
  readonly timeOf: (size: number) => number;
  /** seconds with at least one request in service, up to the last `advance` */
  readonly busySeconds: () => number;
  readonly setSpeed: (speed: number) => void;
  /** All requests are lost. */
  readonly drop: () => void;
}

/** A processor-sharing server of that speed (over all its cores), idle at 0. */
export const createServer = (initialSpeed: number, cores = 1): Server => {
  const jobs = createTimeHeap();
  let speed = initialSpeed;
  let virtual = 0;
  let at = 0;
  let busy = 0;

  return {
    advance: (now) => {
      const running = jobs.size();
      if (running > 0) {
        virtual += ((now - at) * speed) / Math.max(running, cores);
        busy += now - at;
      }
      at = now;
    },
    begin: (job, size) => jobs.push(virtual + size, job),
    nextDone: () => {
      const running = jobs.size();
      return running === 0
        ? Infinity
        : at + Math.max(0, ((jobs.next() - virtual) * Math.max(running, cores)) / speed);
    },
    finish: () => {
      virtual = Math.max(virtual, jobs.next());
      const job = jobs.pop();
      if (jobs.size() === 0) virtual = 0;
      return job;
    },
    running: () => jobs.size(),
    timeOf: (size) => (size * Math.max(jobs.size() + 1, cores)) / speed,
    busySeconds: () => busy,
    setSpeed: (next) => {
      speed = next;
    },
    drop: () => {
      jobs.clear();
      virtual = 0;
    },
  };
};
