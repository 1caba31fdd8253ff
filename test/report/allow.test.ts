import assert from 'node:assert/strict';
import test from 'node:test';
import { allow } from '../../src/report/allow.ts';

test('this machine may always ask, others only from the ranges that are allowed', () => {
  const isAllowed = allow(['192.168.1.0/24', '198.51.100.7', '2001:db8::/32']);
  assert.ok(isAllowed);
  for (const yes of [
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '192.168.1.200',
    '::ffff:192.168.1.2',
    '198.51.100.7',
    '2001:db8:1::9',
  ]) {
    assert.ok(isAllowed(yes), yes);
  }
  for (const no of [
    '192.168.2.1',
    '::ffff:192.168.2.1',
    '198.51.100.8',
    '2001:db9::1',
    'fe80::1%eth0',
    '',
    'noise',
    undefined,
  ]) {
    assert.ok(!isAllowed(no), String(no));
  }
  assert.ok(!allow([])?.('192.168.1.1'));
});

test('what is no address range is refused', () => {
  for (const wrong of [
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4/33',
    '::/129',
    '1.2.3.4/',
    '1.2.3.4/8/8',
    '1.2.3.4/x',
    'fe80::1%eth0',
  ]) {
    assert.equal(allow([wrong]), undefined, wrong);
  }
});
