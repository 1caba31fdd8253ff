import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { locate, originFor } from '../../src/deliveries/locate.ts';
import type { Address } from '../../src/model/secondary.ts';
import { anyAddress, anyHost, anyTarget } from './arbitrary.ts';
import { hostOf, targetOf } from './visit-of.ts';

/** What the list permits, worked out by the URL standard's own parser instead of ours. */
const listedOrigin = (address: Address, host: string): string =>
  address.kind === 'own' ? address.origin : new URL(`${address.scheme}://${host}:${address.port}`).origin;

describe('locate', () => {
  it('never leaves the listed origin, whatever the target', () => {
    fc.assert(
      fc.property(anyAddress, anyHost, anyTarget, (address, host, target) => {
        assert.equal(new URL(locate(address, host, target)).origin, listedOrigin(address, host));
      }),
      { numRuns: 5000 },
    );
  });

  it('carries the target byte for byte', () => {
    fc.assert(
      fc.property(anyAddress, anyHost, anyTarget, (address, host, target) => {
        assert.equal(locate(address, host, target), `${originFor(address, host)}${target}`);
      }),
    );
  });

  it('puts what looks like another host behind its own', () => {
    const address: Address = { kind: 'same-host', scheme: 'http', port: 8086 };
    const locations = ['//evil.example/x', '/\\evil.example/x', '/@evil.example', '/http://evil.example'].map(
      (raw) => locate(address, hostOf('www.example.org'), targetOf(raw)),
    );
    assert.deepEqual(locations, [
      'http://www.example.org:8086//evil.example/x',
      'http://www.example.org:8086/\\evil.example/x',
      'http://www.example.org:8086/@evil.example',
      'http://www.example.org:8086/http://evil.example',
    ]);
  });

  it("leaves the scheme's default port out", () => {
    const host = hostOf('[2001:db8::1]');
    assert.equal(originFor({ kind: 'same-host', scheme: 'http', port: 80 }, host), 'http://[2001:db8::1]');
    assert.equal(originFor({ kind: 'same-host', scheme: 'https', port: 443 }, host), 'https://[2001:db8::1]');
    assert.equal(
      originFor({ kind: 'same-host', scheme: 'https', port: 80 }, host),
      'https://[2001:db8::1]:80',
    );
  });

  it("takes a secondary's own origin whatever host the visitor asked for", () => {
    const address: Address = { kind: 'own', origin: 'https://www2.example.org' };
    assert.equal(locate(address, hostOf('evil.example'), targetOf('/a')), 'https://www2.example.org/a');
  });
});
