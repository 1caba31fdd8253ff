import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cookieValues } from '../../src/model/cookie-values.ts';
import { bracketed, unbracketed } from '../../src/model/ip-literal.ts';
import { pathOf } from '../../src/model/path-of.ts';

test('the path of a target ends before its query', () => {
  assert.equal(pathOf('/a/b?c?d'), '/a/b');
  assert.equal(pathOf('/a/b'), '/a/b');
});

test('a cookie is found by its whole name, as often as it is there', () => {
  assert.deepEqual(cookieValues('a=1; usher=x=y;usher= z ; xusher=2; usherx=3', 'usher'), ['x=y', 'z']);
  assert.deepEqual(cookieValues('', 'usher'), []);
  assert.deepEqual(cookieValues('usher', 'usher'), []);
});

test('a jar full of cookies of one name costs no more than the first few', () => {
  assert.equal(cookieValues('usher=x;'.repeat(1000), 'usher').length, 4);
});

test('an IPv6 address has brackets in a URL and none in a socket', () => {
  for (const host of ['::1', '127.0.0.1', 'www.example.org'])
    assert.equal(unbracketed(bracketed(host)), host);
  assert.equal(bracketed('::1'), '[::1]');
  assert.equal(bracketed('www.example.org'), 'www.example.org');
});
