import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { subnetOf } from '../../src/policies/subnet.ts';

describe('subnet', () => {
  it('is the /24 of an IPv4 address', () => {
    assert.equal(subnetOf('203.0.113.9'), '203.0.113');
    assert.equal(subnetOf('::ffff:203.0.113.9'), '203.0.113');
    assert.equal(subnetOf('::FFFF:203.0.113.250'), '203.0.113');
  });

  it('is the /56 of an IPv6 address, however it is written', () => {
    for (const written of [
      '2001:db8:1:ab12::1',
      '2001:0db8:0001:abff:1:2:3:4',
      '2001:DB8:1:AB00::',
      '2001:db8:1:ab12::192.0.2.1',
      '2001:db8:1:ab12:0:0:192.0.2.1',
    ]) {
      assert.equal(subnetOf(written), '2001:db8:1:ab00', written);
    }
    assert.equal(subnetOf('::1'), '0:0:0:0');
    assert.equal(subnetOf('fe80::1%eth0'), 'fe80:0:0:0');
    assert.equal(subnetOf('2001::7:a:b:c:d'), '2001:0:0:0');
    assert.equal(subnetOf('::1:2:3:4:5:6:7'), '0:1:2:0');
  });

  it('agrees with a parser of the standard', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const whole = new URL(`http://[${address}]/`).hostname.slice(1, -1);
        assert.equal(subnetOf(address), subnetOf(whole));
      }),
    );
  });

  it('makes something of anything', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof subnetOf(text) === 'string'));
  });
});
