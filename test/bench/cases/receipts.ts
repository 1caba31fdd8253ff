import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRaw, requestText } from '../../outside/raw.ts';
import { alternate, ask, assertJob, loadAndCpu, ushersWith, type Case, type Running } from '../bench.ts';

const A_RECEIPT = 'a receipt';
const PAGE = { Accept: 'text/html' };

/** Usher keeps no more pages that wait for their receipts than 8192. */
const PAGES = 8000;
const AT_ONCE = 50;

/** What it costs to be told by a browser whom it reached and what it measured. */
export const receipts: Case = {
  name: 'receipts',
  title: 'Receipts: keep-alive, a redirect, a page that asks the browser to measure, and the receipt for it',
  run: async (bench) => {
    const asking = { job: { usher: { delivery: { page: 'fastest' } } } };
    return {
      rows: await alternate({
        bench,
        contenders: ushersWith(bench, { 'a redirect': {}, 'a page': asking, [A_RECEIPT]: asking }),
        turn: async (running, { name }, seconds) => {
          if (name !== A_RECEIPT) {
            const headers = name === 'a page' ? PAGE : {};
            const { cpuUs } = await loadAndCpu(bench, running, {
              seconds,
              headers,
              script: ['receipts.lua'],
            });
            return { cpuUs };
          }
          const file = join(bench.folder, 'slips');
          await writeFile(file, (await handedOut(running)).join('\n'));
          const { cpuUs } = await loadAndCpu(bench, running, { seconds, script: ['receipts.lua', file] });
          return { cpuUs };
        },
        seconds: bench.seconds / 2,
        check: async (name, running) => {
          if (running.job.usher === undefined) return assertJob(name, running);
          const { body } = await ask(running, '/a/page', PAGE);
          if (slipIn(body) === undefined) throw new Error(`${name} does not ask the browser:\n${body}`);
        },
      }),
      notes: ['Every receipt is a good one, of one network: more than it may tell just now is not learned.'],
    };
  },
};

const slipIn = (page: string): string | undefined => /data-slip="([^"]+)"/.exec(page)?.[1];

/** What names the pages that were just handed out. */
const handedOut = async (running: Running): Promise<readonly string[]> => {
  const slips: string[] = [];
  const request = requestText('GET /a/page', { Host: 'www.example.org', ...PAGE });
  while (slips.length < PAGES) {
    const raw = await openRaw(running.port);
    for (let n = 0; n < AT_ONCE; n += 1) raw.write(request);
    for (let n = 0; n < AT_ONCE; n += 1) slips.push(slipIn((await raw.reply())?.body ?? '') ?? '');
    raw.close();
  }
  return slips;
};
