import assert from 'node:assert/strict';
import test from 'node:test';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loads } from '../../src/loads/index.ts';
import { made } from '../contracts/made.ts';
import { wireOf } from '../wire/wire-of.ts';
import { readingOf, toldIn } from './readings.ts';

const PAGE = `# HELP workers Workers by state.
# TYPE workers gauge
workers{state="busy",pool="a"} 3
workers{pool="b", state="busy",} 4.5 1395066363000
workers{state="idle",pool="a"} 5
workers_total 99
odd{text="a \\"}\\\\ \\n b"} 1
plain 7
exemplar_total 17 # {trace_id="x"} 0.5
broken{state="busy"} NaN
endless +Inf
torn{state="busy
`;

const told = async (metric: string): Promise<unknown> =>
  toldIn(await readingOf('prometheus', { metric }, PAGE));

test('the series that a selector means are added up', async () => {
  assert.deepEqual(await told('workers{state="busy"}'), { running: 7.5 });
  assert.deepEqual(await told('workers{state="busy",pool="a"}'), { running: 3 });
  assert.deepEqual(await told('workers'), { running: 12.5 });
  assert.deepEqual(await told('plain'), { running: 7 });
  assert.deepEqual(await told('exemplar_total'), { running: 17 });
  assert.deepEqual(await told('odd{text="a \\"}\\\\ \\n b"}'), { running: 1 });
});

test('several selectors tell several fields', async () => {
  const options = { running: 'workers{state="busy"}', done: 'workers_total' };
  assert.deepEqual(toldIn(await readingOf('prometheus', options, PAGE)), { running: 7.5, done: 99 });
});

test('a metric that is not there, or is no number, is no report', async () => {
  for (const metric of ['absent', 'workers{state="gone"}', 'work', 'broken', 'endless', 'torn']) {
    assert.equal(await told(metric), 'garbage', metric);
  }
});

test('a page of more than 64 KiB, as exporters write them, is read', async (t) => {
  const page = `${'other{a="b"} 1\n'.repeat(20_000)}workers 3\n`;
  const server = createServer((_, response) => response.end(page)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const read = made(loads, 'prometheus', { metric: 'workers' });
  const reading = await read({ id: 'web1', at: `http://127.0.0.1:${port}`, timeoutMs: 5000 }, wireOf(t));
  assert.deepEqual(toldIn(reading), { running: 3 });
});

test('a line made to be slow is not', async () => {
  const slow = [
    `workers ${'1'.repeat(300_000)}${' '.repeat(300_000)}x`,
    `workers{${'a="b",'.repeat(100_000)}`,
    `workers 1${' #'.repeat(300_000)}\u0000`,
    `workers{a="${'\\\\'.repeat(300_000)}`,
  ];
  for (const line of slow) await readingOf('prometheus', { metric: 'workers{a="b"}' }, line);
});

test('a selector is refused that is none, is missing, or says the same twice', async () => {
  for (const options of [
    {},
    { metric: '' },
    { metric: '7up' },
    { metric: 'a{b!="c"}' },
    { metric: 'a{b="c"' },
    { metric: 'a b' },
    { metric: 'a', running: 'b' },
  ]) {
    await assert.rejects(async () => readingOf('prometheus', options, PAGE), JSON.stringify(options));
  }
});
