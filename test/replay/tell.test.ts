import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tell } from '../../src/replay/tell.ts';

const WORK = { running: 2, sessions: 5, requests: 30, began: 7 };
const told = (name: string, options: Readonly<Record<string, unknown>> = {}) =>
  tell({ name, options }, 9, WORK);

test('a secondary without a load reader tells the time of its ping and nothing of its work', () => {
  assert.deepEqual(Object.keys(tell(undefined, 9, WORK)), ['at', 'answerMs']);
});

test('a secondary tells what its load reader can read', () => {
  assert.deepEqual(told('apache'), { at: 9, running: 2, answered: 30 });
  assert.deepEqual(told('nginx'), { at: 9, running: 2, answered: 30 });
  assert.deepEqual(told('agent'), { at: 9, weightShare: 1 });
  assert.deepEqual(told('orca'), { at: 9, utilization: 1 });
  assert.deepEqual(told('exec'), { at: 9, running: 2 });
  assert.deepEqual(told('json'), { at: 9, running: 2, sessions: 5, done: 30, started: 7 });
});

test('of json and prometheus a secondary tells the fields that are named', () => {
  assert.deepEqual(told('json', { pointer: '/load' }), { at: 9, running: 2 });
  assert.deepEqual(told('json', { sessions: '/s', done: undefined }), { at: 9, sessions: 5 });
  assert.deepEqual(told('prometheus', { metric: 'busy' }), { at: 9, running: 2 });
  assert.deepEqual(told('prometheus', { utilization: 'cpu' }), { at: 9, utilization: 1 });
});
