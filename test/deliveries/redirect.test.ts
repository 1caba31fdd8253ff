import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { deliveries } from '../../src/deliveries/index.ts';
import { locate } from '../../src/deliveries/locate.ts';
import { redirectTo } from '../../src/deliveries/redirect.ts';
import { loadViews } from '../../src/doors/pages/views.ts';
import { makeFrom } from '../../src/unit.ts';
import { anyAddress, anyHost, anyTarget } from './arbitrary.ts';
import { hostOf, targetOf, visitOf } from './visit-of.ts';

const location = locate(
  { kind: 'same-host', scheme: 'http', port: 8086 },
  hostOf('www.example.org'),
  targetOf('/a?b=1'),
);

describe('redirect', () => {
  it('answers GET and HEAD with 302, because a GET is what follows it', () => {
    assert.deepEqual(
      ['GET', 'HEAD'].map((method) => redirectTo(method, location).status),
      [302, 302],
    );
  });

  it('answers every other method with 307, which keeps method and body', () => {
    const methods = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'get', 'M-SEARCH'];
    assert.deepEqual(new Set(methods.map((method) => redirectTo(method, location).status)), new Set([307]));
  });

  it('says where to and that nobody may store it, and nothing else', () => {
    fc.assert(
      fc.property(anyAddress, anyHost, anyTarget, (address, host, target) => {
        const there = locate(address, host, target);
        const { headers, body } = redirectTo('GET', there);
        assert.deepEqual(headers, ['Location', there, 'Cache-Control', 'no-store']);
        assert.equal(body, undefined);
      }),
    );
  });

  it('is what the config calls redirect', () => {
    const deliver = makeFrom(deliveries, { name: 'redirect', options: {} });
    assert.deepEqual(
      deliver(visitOf({ method: 'POST' }), location, loadViews()),
      redirectTo('POST', location),
    );
  });
});
