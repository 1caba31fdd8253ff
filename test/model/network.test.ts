import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { networkOf, parseNetwork, printNetwork } from '../../src/model/network.ts';

describe('the network of an address', () => {
  it('is its /24, or its /48', () => {
    for (const [address, network] of [
      ['203.0.113.9', '203.0.113.0/24'],
      ['::ffff:203.0.113.9', '203.0.113.0/24'],
      ['0.0.0.1', '0.0.0.0/24'],
      ['255.255.255.255', '255.255.255.0/24'],
      ['2001:db8:7:1::9', '2001:db8:7::/48'],
      ['2001:db8::1', '2001:db8:0::/48'],
      ['::1', '0:0:0::/48'],
      ['fe80::', 'fe80:0:0::/48'],
      ['64:ff9b::192.0.2.33', '64:ff9b:0::/48'],
      ['1:2:3:4:5:6:7:8', '1:2:3::/48'],
    ] as const) {
      assert.equal(printNetwork(networkOf(address)), network);
    }
  });

  it('is none of what is no address', () => {
    for (const text of [
      '',
      '-',
      'localhost',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.256',
      '1..3.4',
      ':::',
      '1::2::3',
      '1:2',
      'g::1',
    ]) {
      assert.equal(networkOf(text), -1, text);
    }
  });

  it('is read again as it is printed, and nothing else is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const network = networkOf(address);
        assert.ok(network >= 0 && Number.isSafeInteger(network));
        assert.equal(parseNetwork(printNetwork(network)), network);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const network = parseNetwork(text);
        assert.ok(network === -1 || printNetwork(network) === text);
      }),
    );
  });
});
