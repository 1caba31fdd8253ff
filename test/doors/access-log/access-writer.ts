import { workerData } from 'node:worker_threads';
import { createAccessLog } from '../../../src/doors/access-log/access-log.ts';
import { visitTo } from './visit-facts.ts';

/** What a thread of the test is told. */
export interface WriterOrder {
  readonly path: string;
  readonly thread: number;
  readonly lines: number;
}

const { path, thread, lines } = workerData as WriterOrder;
const log = createAccessLog({ path, journal: () => undefined });
for (let nth = 0; nth < lines; nth++) {
  log.write(visitTo(`/${nth}/${'x'.repeat((nth * 37) % 1_500)}`, `10.0.0.${thread}`));
  if (nth % 100 === 0) await new Promise(setImmediate);
}
await log.close();
