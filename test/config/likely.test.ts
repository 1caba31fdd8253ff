import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitsOneOf, likely } from '../../src/config/likely.ts';

const KEYS = [
  'id',
  'port',
  'url',
  'weight',
  'state',
  'timeout',
  'trustProxies',
  'secondaries',
  'affinity',
  'at',
];

test('a slip or two, another case and another dash are seen through', () => {
  const meant = {
    prot: 'port',
    wieght: 'weight',
    Timeout: 'timeout',
    trust_proxies: 'trustProxies',
    secondarys: 'secondaries',
    iD: 'id',
    urls: 'url',
  };
  for (const [given, expected] of Object.entries(meant)) assert.equal(likely(given, KEYS), expected);
});

test('the words of other programs are known, where ours is possible', () => {
  assert.equal(likely('sticky', KEYS), 'affinity');
  assert.equal(likely('sticky', ['id']), undefined);
  assert.equal(likely('least_conn', ['random', 'least-connections']), 'least-connections');
});

test('nothing is made up for what is nothing like it', () => {
  for (const given of ['', 'x', 'banana', 'constructor', 'p'.repeat(100_000)]) {
    assert.equal(likely(given, KEYS), undefined);
  }
});

test('what fits is listed, the likely one first', () => {
  const states = ['ready', 'drain', 'maintenance'];
  assert.equal(fitsOneOf('drian', states), '"drain" (of "ready", "drain", "maintenance")');
  assert.equal(fitsOneOf(7, states), 'one of "ready", "drain", "maintenance"');
  assert.equal(fitsOneOf('x', ['local']), '"local"');
});
