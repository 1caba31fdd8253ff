import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DURATION_PATTERN, likelyDuration, parseDuration, printDuration } from '../../src/config/duration.ts';

test('durations are read into milliseconds', () => {
  const spans = {
    '0s': 0,
    '500ms': 500,
    '1.5s': 1500,
    '2s': 2000,
    '40s': 40_000,
    '90m': 5_400_000,
    '1h': 3_600_000,
    '2d': 172_800_000,
  };
  for (const [text, ms] of Object.entries(spans)) {
    assert.equal(parseDuration(text), ms);
    assert.match(text, new RegExp(DURATION_PATTERN));
  }
});

test('anything else is no duration', () => {
  for (const text of [
    '',
    '2',
    's',
    '2 s',
    ' 2s',
    '2s\n',
    '-2s',
    '+2s',
    '2S',
    '1e3s',
    '.5s',
    '2.s',
    '٢s',
    '999999999999s',
  ]) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

test('a duration printed and read again is the same', () => {
  fc.assert(fc.property(fc.nat(400 * 86_400_000), (ms) => parseDuration(printDuration(ms)) === ms));
});

test('what was most likely meant is said in our own units', () => {
  const meant: [unknown, string | undefined][] = [
    [2, '2s'],
    ['2', '2s'],
    [1500, '1500ms'],
    ['2 seconds', '2s'],
    ['10 Min', '10m'],
    ['500 msec', '500ms'],
    ['soon', undefined],
    [null, undefined],
    [[2], undefined],
  ];
  for (const [given, expected] of meant) assert.equal(likelyDuration(given), expected);
});
