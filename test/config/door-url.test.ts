import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorUrl } from '../../src/config/door-url.ts';

test('the URL of a door is one that can be opened on this machine', () => {
  assert.equal(doorUrl('http', { port: 80 }), 'http://localhost/');
  assert.equal(doorUrl('http', { host: '::', port: 8080 }), 'http://localhost:8080/');
  assert.equal(doorUrl('http', { host: '0.0.0.0', port: 8079 }), 'http://127.0.0.1:8079/');
  assert.equal(doorUrl('https', { host: '::1', port: 443 }), 'https://[::1]/');
  assert.equal(doorUrl('https', { host: 'www.example.org', port: 80 }), 'https://www.example.org:80/');
});
