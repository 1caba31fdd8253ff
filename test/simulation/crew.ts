import { Worker } from 'node:worker_threads';
import type { Finding, Task } from './task.ts';

/** Does the tasks in so many threads; findings come in the order of the tasks. */
export const doTasks = async (
  tasks: readonly Task[],
  threads: number,
  onFinding: (finding: Finding, done: number) => void,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./crew-thread.ts', import.meta.url));
    try {
      while (next < tasks.length) {
        const at = next;
        next += 1;
        const finding = await ask(worker, tasks[at]!);
        findings[at] = finding;
        done += 1;
        onFinding(finding, done);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work));
  return findings;
};

const ask = (worker: Worker, task: Task): Promise<Finding> => {
  const { promise, resolve, reject } = Promise.withResolvers<Finding>();
  worker.once('error', reject);
  worker.once('message', (finding: Finding) => {
    worker.off('error', reject);
    resolve(finding);
  });
  worker.postMessage(task);
  return promise;
};
