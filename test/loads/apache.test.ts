import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { loads } from '../../src/loads/index.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import { made } from '../contracts/made.ts';
import { startApache } from '../real/apache.ts';
import { wireOf } from '../wire/wire-of.ts';
import { readingOf, toldIn } from './readings.ts';

/** Answers at once, and is not done before the file `hold` is gone. */
const SLOW = `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\nbegun\\n'
while [ -e "\${0%/*}/hold" ]; do sleep 0.02; done
`;

test('a real Apache tells its busy workers without our probe, its counters and its utilization', async (t) => {
  const apache = await startApache({
    files: { 'slow.cgi': SLOW, hold: '' },
    config: 'AddHandler cgi-script .cgi\nOptions +ExecCGI',
  });
  t.after(apache.stop);
  await chmod(path.join(apache.root, 'slow.cgi'), 0o755);
  const wire = wireOf(t);
  const readOnce = async (): Promise<LoadReport> => {
    const subject = { id: 'web1', at: apache.origin, timeoutMs: 5000 };
    const reading = await made(loads, 'apache')(subject, wire);
    assert.ok(reading.ok);
    return reading.report;
  };
  /** Reads until the workers have written down what they do, which they do a moment after they do it. */
  const read = async (running: number): Promise<LoadReport> => {
    for (;;) {
      const report = await readOnce();
      if (report.running === running) return report;
    }
  };

  const idle = await read(0);
  assert.equal(idle.utilization, 0);
  assert.equal('sessions' in idle, false);
  assert.equal('started' in idle, false);

  const request = get(`${apache.origin}/slow.cgi`, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await once(response, 'data');
  const busy = await read(1);
  assert.ok(busy.utilization !== undefined && busy.utilization > 0 && busy.utilization < 1);

  await rm(path.join(apache.root, 'hold'));
  await once(response.resume(), 'end');
  const after = await read(0);
  assert.equal(after.done, undefined, 'it does not tell errors from successes');
  assert.ok(after.answered !== undefined && idle.answered !== undefined && after.answered > idle.answered);
  assert.ok(after.busySeconds !== undefined && after.busySeconds > 0);
});

test('a page without its figures is no report', async (t) => {
  const apache = await startApache();
  t.after(apache.stop);
  const wire = wireOf(t);
  const subject = { id: 'web1', at: apache.origin, timeoutMs: 5000 };
  const html = await made(loads, 'apache', { path: '/server-status' })(subject, wire);
  assert.deepEqual(html, {
    ok: false,
    failure: 'garbage',
    detail: 'no BusyWorkers and IdleWorkers: is mod_status on, does the path end in ?auto',
  });
  const missing = await made(loads, 'apache', { path: '/no-status?auto' })(subject, wire);
  assert.deepEqual(missing, { ok: false, failure: 'status', detail: 'HTTP 404 for /no-status?auto' });
});

test('durations are seconds, and what ExtendedStatus does not tell is absent', async () => {
  const workers = 'BusyWorkers: 4\nIdleWorkers: 7\n';
  assert.deepEqual(
    toldIn(await readingOf('apache', {}, `Total Accesses: 10\nTotal Duration: 1500\n${workers}`)),
    { running: 3, utilization: 0.3, answered: 10, busySeconds: 1.5 },
  );
  assert.deepEqual(toldIn(await readingOf('apache', {}, workers)), { running: 3, utilization: 0.3 });
});

test('one number that is none refuses the whole page', async () => {
  for (const bad of ['NaN', '-1', '1e999', '', 'many', '0x10', '99999999999999999999']) {
    for (const line of ['BusyWorkers', 'IdleWorkers', 'Total Accesses', 'Total Duration']) {
      const page = `Total Accesses: 1\nTotal Duration: 1\nBusyWorkers: 1\nIdleWorkers: 1\n`;
      const text = page.replace(`${line}: 1\n`, `${line}: ${bad}\n`);
      assert.equal(toldIn(await readingOf('apache', {}, text)), 'garbage', text);
    }
  }
});
