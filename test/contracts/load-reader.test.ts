import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { loads } from '../../src/loads/index.ts';
import type { Reading } from '../../src/loads/load-reader.ts';
import { startTcp } from '../real/tcp-server.ts';
import { wireOf } from '../wire/wire-of.ts';
import { made } from './made.ts';
import { anyAnswers, FAILURES, wireThatAnswers, wireThatFails } from './wires.ts';

/** For every reader options, with PORT for a port of the subject; and a seed of what it reads. */
const READERS: Readonly<
  Record<string, { readonly options: readonly [object, ...object[]]; readonly seed: string }>
> = {
  apache: {
    options: [{}],
    seed: 'Total Accesses: 10\nTotal Duration: 400\nBusyWorkers: 3\nIdleWorkers: 47\n',
  },
  nginx: {
    options: [{}],
    seed: 'Active connections: 3 \nserver accepts handled requests\n 5 5 9 \nReading: 0 Writing: 2 Waiting: 1 \n',
  },
  json: {
    options: [{}, { pointer: '/load/running', done: '/load/done' }],
    seed: '{"running":3,"sessions":12,"load":{"done":7,"running":4}}',
  },
  agent: { options: [{ port: 9 }, { port: 9, send: 'web1\n' }], seed: 'drain 75%, maxconn:30 #backup\n' },
  prometheus: {
    options: [{ metric: 'workers{state="busy"}', done: 'requests_total' }],
    seed: '# TYPE workers gauge\nworkers{state="busy"} 3\nworkers{state="idle"} 5\nrequests_total 7\n',
  },
  orca: { options: [{}, { metric: 'queue' }], seed: 'TEXT cpu_utilization=0.3, named_metrics.queue=4' },
  exec: { options: [{ command: ['cat', '/proc/loadavg'] }], seed: '0.42' },
};

const SUBJECT = { id: 'web1', at: 'http://127.0.0.1:8086', timeoutMs: 1000 } as const;

const NUMBERS = [
  'at',
  'running',
  'sessions',
  'busySeconds',
  'done',
  'answered',
  'started',
  'utilization',
  'weightShare',
];

const isWellFormed = (reading: Reading): void => {
  assert.deepEqual(JSON.parse(JSON.stringify(reading)), reading);
  if (!reading.ok) {
    assert.ok(FAILURES.includes(reading.failure));
    assert.match(reading.detail, /^[\x20-\x7e]{1,200}$/);
    return;
  }
  const { at, wish, ...numbers } = reading.report;
  assert.equal(at, 1000);
  if (wish !== undefined) assert.ok(['ready', 'drain', 'maintenance', 'down'].includes(wish));
  assert.ok(wish !== undefined || Object.keys(numbers).length > 0, 'a report tells something');
  for (const [field, number] of Object.entries(numbers)) {
    assert.ok(NUMBERS.includes(field), field);
    assert.ok(Number.isFinite(number) && number >= 0 && number <= 1e15, `${field}: ${number}`);
  }
};

test('every load reader of the registry is held to its contract', () => {
  assert.deepEqual(Object.keys(READERS), Object.keys(loads));
});

for (const [name, { options: variants, seed }] of Object.entries(READERS)) {
  test(`${name} turns whatever comes back into a report of good numbers, or into a failure`, async () => {
    for (const options of variants) {
      const read = made(loads, name, options);
      await fc.assert(
        fc.asyncProperty(anyAnswers([seed]), async (answers) => {
          isWellFormed(await read(SUBJECT, wireThatAnswers(answers)));
        }),
        { numRuns: 500 },
      );
    }
  });

  test(`${name} passes a failure of the wire on as it is`, async () => {
    const read = made(loads, name, variants[0]);
    for (const failure of FAILURES) {
      const failed = { ok: false, failure, detail: 'so it is' } as const;
      assert.deepEqual(await read(SUBJECT, wireThatFails(failed)), failed);
    }
  });

  test(`${name} takes silence for no report`, async (t) => {
    const server = await startTcp((socket) => void socket.resume());
    t.after(server.stop);
    const silent = { exec: { command: ['sleep', '60'] }, agent: { port: server.port } }[name] ?? variants[0];
    const read = made(loads, name, silent);
    const reading = await read({ id: 'web1', at: server.origin, timeoutMs: 200 }, wireOf(t));
    await server.idle();
    assert.equal(!reading.ok && reading.failure, 'timeout');
  });

  test(`${name} takes an empty answer for no report, never for a load of 0`, async () => {
    const nothing = wireThatAnswers({
      http: { ok: true, status: 200, headers: {}, body: '' },
      tcp: { ok: true, text: '' },
      program: { ok: true, code: 0, output: '', complaint: '' },
    });
    const reading = await made(loads, name, variants[0])(SUBJECT, nothing);
    assert.equal(!reading.ok && reading.failure, 'garbage');
  });
}
