import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import test from 'node:test';
import { loads } from '../../src/loads/index.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import { made } from '../contracts/made.ts';
import { startNginx } from '../real/nginx.ts';
import { wireOf } from '../wire/wire-of.ts';
import { readingOf, toldIn } from './readings.ts';

test('a real nginx tells the connections at work without our probe, and its requests', async (t) => {
  const nginx = await startNginx({ files: { 'big.bin': Buffer.alloc(8_000_000) } });
  t.after(nginx.stop);
  const wire = wireOf(t);
  const readOnce = async (): Promise<LoadReport> => {
    const subject = { id: 'web1', at: nginx.origin, timeoutMs: 5000 };
    const reading = await made(loads, 'nginx', { path: '/nginx-status' })(subject, wire);
    assert.ok(reading.ok);
    return reading.report;
  };
  /** Reads until nginx has noticed which connections are open. */
  const read = async (running: number): Promise<LoadReport> => {
    for (;;) {
      const report = await readOnce();
      if (report.running === running) return report;
    }
  };

  const idle = await read(0);
  assert.deepEqual(Object.keys(idle), ['at', 'running', 'answered']);

  // it is busy writing to somebody who does not read
  const slow = net.connect(nginx.port, '127.0.0.1');
  t.after(() => slow.destroy());
  slow.write('GET /big.bin HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(slow, 'readable');
  const busy = await read(1);
  assert.ok(busy.answered !== undefined && idle.answered !== undefined && busy.answered > idle.answered);

  slow.destroy();
  await read(0);
});

test('another page than that of stub_status is no report', async (t) => {
  const nginx = await startNginx();
  t.after(nginx.stop);
  const subject = { id: 'web1', at: nginx.origin, timeoutMs: 5000 };
  const reading = await made(loads, 'nginx', { path: '/' })(subject, wireOf(t));
  assert.equal(toldIn(reading), 'garbage');
  const status =
    'Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n';
  assert.deepEqual(toldIn(await readingOf('nginx', {}, status)), { running: 0, answered: 1 });
  for (const [from, to] of [
    ['Writing: 1', 'Writing: -1'],
    [' 1 1 1 ', ` 1 1 ${'9'.repeat(400)} `],
    ['Waiting: 0', ''],
  ] as const) {
    assert.equal(toldIn(await readingOf('nginx', {}, status.replace(from, to))), 'garbage');
  }
});
