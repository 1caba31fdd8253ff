import assert from 'node:assert/strict';
import test from 'node:test';
import { readingFrom, readingOf, toldIn } from './readings.ts';

test('without a pointer the fields stand under our names', async () => {
  const page = '{ "running": 3, "sessions": "12", "utilization": 0.5, "something": "else" }';
  assert.deepEqual(toldIn(await readingOf('json', {}, page)), { running: 3, sessions: 12, utilization: 0.5 });
});

test('a pointer leads to the number, through objects and lists', async () => {
  const page = '{ "a/b": [0, { "m~n": 7 }], "": 1, "done": 5 }';
  const told = async (options: object): Promise<unknown> => toldIn(await readingOf('json', options, page));
  assert.deepEqual(await told({ pointer: '/a~1b/1/m~0n' }), { running: 7 });
  assert.deepEqual(await told({ running: '/', done: '/done' }), { running: 1, done: 5 });
  assert.deepEqual(toldIn(await readingOf('json', { pointer: '' }, '0.42\n')), { running: 0.42 });
});

test('a pointer that leads nowhere, or to no number, refuses the answer', async () => {
  const page = '{ "list": [1], "text": "many", "null": null, "yes": true, "neg": -1, "done": 5 }';
  const nowhere = ['/x', '/list/-', '/list/01', '/list/length', '/text/length', '/constructor', '/__proto__'];
  for (const pointer of [...nowhere, '/list', '/text', '/null', '/yes', '/neg', '']) {
    assert.equal(toldIn(await readingOf('json', { pointer, done: '/done' }, page)), 'garbage', pointer);
  }
});

test('what is no JSON object tells nothing', async () => {
  for (const page of [
    '',
    '[]',
    '3',
    'null',
    '"running"',
    '{"running":',
    '{}',
    '{"running":1e999}',
    '<html>',
  ]) {
    assert.equal(toldIn(await readingOf('json', {}, page)), 'garbage', page);
  }
});

test('a page with a byte order mark is read, one behind a login is not', async () => {
  assert.deepEqual(toldIn(await readingOf('json', {}, '\uFEFF{"running":1}')), { running: 1 });
  const http = { ok: true, status: 401, headers: {}, body: '{"running":1}' } as const;
  assert.equal(toldIn(await readingFrom('json', {}, { http })), 'status');
});

test('a pointer is refused that is none, or that says the same twice', async () => {
  for (const options of [{ pointer: 'running' }, { pointer: '/a~2' }, { pointer: '/a', running: '/b' }]) {
    await assert.rejects(async () => readingOf('json', options, '{}'));
  }
});
