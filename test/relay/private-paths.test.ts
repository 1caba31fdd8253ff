import assert from 'node:assert/strict';
import { test } from 'node:test';
import { privatePaths } from '../../src/relay/private-paths.ts';

const isPrivate = privatePaths([
  { load: { name: 'apache', options: { path: '/server-status?auto' } } },
  { load: { name: 'agent', options: { port: 7777 } } },
  { load: { name: 'prometheus', options: { path: '/metrics', port: 9100 } } },
  { load: { name: 'json', options: { path: '/' } } },
  {},
]);

test('where a secondary tells its load is private, however it is written', () => {
  for (const target of [
    '/server-status',
    '/server-status?auto',
    '/server-status/',
    '/server-status/x',
    '/server%2Dstatus',
    '/%73erver-status?x',
    '//server-status',
    '/./a/../server-status',
    '/a/%2e%2e/server-status',
    '/..%2fserver-status',
    '/\\server-status',
    '/SERVER-STATUS',
    '/server-status;x=1',
  ]) {
    assert.ok(isPrivate(target), target);
  }
});

test('whatever else a secondary has is not, nor a path on a port of its own, nor the whole site', () => {
  for (const target of [
    '/',
    '/metrics',
    '/server-statuses',
    '/a/server-status',
    '/x?/server-status',
    '/%zz',
  ]) {
    assert.ok(!isPrivate(target), target);
  }
});
