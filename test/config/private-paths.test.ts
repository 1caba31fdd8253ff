import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOCAL_PATHS } from '../../src/config/local-paths.ts';
import { privatePaths } from '../../src/config/private-paths.ts';

const isPrivate = privatePaths({
  secondaries: [
    { load: { name: 'apache', options: { path: '/server-status?auto' } } },
    { load: { name: 'agent', options: { port: 7777 } } },
    { load: { name: 'prometheus', options: { path: '/metrics', port: 9100 } } },
    { load: { name: 'json', options: { path: '/' } } },
    {},
  ],
});

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
    '/server-status%3fauto',
    '/server-status%00.html',
    '/server-status.%20',
    '/%2573erver-status',
    '/x;y/..;/server-status',
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

test('what web servers show to local addresses by their manuals is private unless the config says otherwise', () => {
  const byDefault = privatePaths({ secondaries: [], relay: { refuse: LOCAL_PATHS } });
  for (const target of ['/server-status?auto', '/Nginx_Status', '/manager/html/x', '/a/..//phpMyAdmin/']) {
    assert.ok(byDefault(target), target);
  }
  for (const target of ['/', '/manager', '/status', '/server-status-page']) {
    assert.ok(!byDefault(target), target);
  }
  assert.ok(!privatePaths({ secondaries: [] })('/server-status'));
});

test('a refused path means all below it, and with a * all that begin so', () => {
  const refused = privatePaths({
    secondaries: [],
    relay: { refuse: ['/Intern', '/admin*', '/api/v0/*'] },
  });
  for (const target of ['/intern', '/INTERN/x', '/administrator', '/api/v0', '/api/%76%30/x']) {
    assert.ok(refused(target), target);
  }
  for (const target of ['/internal', '/x/admin', '/api/v01']) assert.ok(!refused(target), target);
});
