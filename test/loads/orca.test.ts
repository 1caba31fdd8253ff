import assert from 'node:assert/strict';
import test from 'node:test';
import { readingFrom, readingOf, toldIn } from './readings.ts';

const inHeader = async (value: string, options: object = {}): Promise<unknown> =>
  toldIn(
    await readingFrom('orca', options, {
      http: {
        ok: true,
        status: 200,
        headers: { 'endpoint-load-metrics': value },
        body: '{"cpu_utilization":9}',
      },
    }),
  );

test('a report in the header is read as TEXT or JSON', async () => {
  assert.deepEqual(await inHeader('TEXT cpu_utilization=0.3, mem_utilization=0.8'), { utilization: 0.3 });
  assert.deepEqual(await inHeader('JSON {"cpu_utilization": 0.3}'), { utilization: 0.3 });
  assert.deepEqual(await inHeader('JSON {"cpuUtilization": 0.3}'), { utilization: 0.3 });
});

test('a report in the body is read where the header has none', async () => {
  for (const body of [
    'TEXT cpu_utilization=1.2\n',
    'JSON {"cpu_utilization":1.2}',
    '{"cpu_utilization":1.2}',
  ]) {
    assert.deepEqual(toldIn(await readingOf('orca', {}, body)), { utilization: 1.2 });
  }
});

test("the application's own utilization goes before the processor's, unless it is 0", async () => {
  assert.deepEqual(await inHeader('TEXT cpu_utilization=0.3,application_utilization=0.7'), {
    utilization: 0.7,
  });
  assert.deepEqual(await inHeader('TEXT cpu_utilization=0.3,application_utilization=0'), {
    utilization: 0.3,
  });
  assert.deepEqual(await inHeader('TEXT application_utilization=0'), { utilization: 0 });
});

test('a named metric is the load that the operator says it is', async () => {
  const metric = 'num_requests_waiting';
  assert.deepEqual(await inHeader(`TEXT named_metrics.${metric}=4.0`, { metric }), { running: 4 });
  assert.deepEqual(await inHeader(`JSON {"named_metrics":{"${metric}":4}}`, { metric }), { running: 4 });
  assert.equal(await inHeader('TEXT cpu_utilization=0.3', { metric }), 'garbage');
});

test('what is no report tells nothing', async () => {
  for (const value of [
    '',
    'TEXT',
    'TEXT cpu_utilization',
    'TEXT rps_fractional=5',
    'BIN AAAA',
    'JSON [1]',
    'JSON {',
  ]) {
    assert.equal(await inHeader(value), 'garbage', value);
  }
  for (const bad of ['NaN', '-1', '1e999', 'high']) {
    assert.equal(await inHeader(`TEXT cpu_utilization=${bad}`), 'garbage', bad);
  }
  assert.equal(await inHeader('TEXT cpu_utilization=0.1,cpu_utilization=0.2'), 'garbage');
});
