import assert from 'node:assert/strict';
import test from 'node:test';
import { loads } from '../../src/loads/index.ts';
import { made } from '../contracts/made.ts';
import { wireOf } from '../wire/wire-of.ts';
import { toldIn } from './readings.ts';

test('a program tells one number, or an object of them; nothing else is believed', async (t) => {
  const wire = wireOf(t);
  for (const [script, told] of [
    ['echo 0.42', { running: 0.42 }],
    ['cut -d" " -f1 /proc/loadavg | sed s/.*/3/', { running: 3 }],
    [`echo '{"running":2,"done":7}'`, { running: 2, done: 7 }],
    ['echo "warning: x" >&2; echo 1', { running: 1 }],
    ['echo "$USHER_PORT"', { running: 8086 }],
    ['echo high', 'garbage'],
    ['echo 1 2', 'garbage'],
    ['echo -- -1', 'garbage'],
    ['true', 'garbage'],
    ['echo 1; exit 1', 'command'],
  ] as const) {
    const read = made(loads, 'exec', { command: ['sh', '-c', script] });
    const reading = await read({ id: 'web1', at: 'http://127.0.0.1:8086', timeoutMs: 5000 }, wire);
    assert.deepEqual(toldIn(reading), told, script);
  }
});
