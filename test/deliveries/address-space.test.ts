import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mayBeAsked } from '../../src/deliveries/address-space.ts';
import { hostOf } from './visit-of.ts';

it('a page asks only whom it may ask without a question to the visitor', () => {
  for (const [scheme, host, origin, may] of [
    ['http', 'www.example.org', 'http://www.example.org:8086', true],
    ['http', 'www.example.org', 'https://www2.example.org', true],
    ['https', 'www.example.org', 'http://www.example.org:8086', false],
    ['https', 'www.example.org', 'https://www.example.org:8443', true],
    ['http', 'www.example.org', 'http://192.168.1.3:8086', false],
    ['http', 'www.example.org', 'http://nas.local', false],
    ['http', '192.168.1.2', 'http://192.168.1.3:8086', true],
    ['http', '192.168.1.2', 'http://127.0.0.1:8086', false],
    ['http', 'localhost', 'http://127.0.0.1:8086', true],
    ['http', '[::1]', 'http://[::1]:8086', false],
  ] as const) {
    assert.equal(
      mayBeAsked(origin, { scheme, host: hostOf(host) }),
      may,
      `${scheme}://${host} asks ${origin}`,
    );
  }
});
