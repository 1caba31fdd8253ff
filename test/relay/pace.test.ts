import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace } from '../../src/relay/pace.ts';

test('a body that drips is too slow after half a minute, whatever it began with', () => {
  const keepsUp = createPace();
  assert.ok(keepsUp(1e6, 30_000));
  for (let waitedMs = 2000; waitedMs < 30_000; waitedMs += 2000) assert.ok(keepsUp(1, 2000));
  assert.ok(!keepsUp(1, 2000));
});

test('a kilobyte a second is enough, and so is a large piece after a long pause', () => {
  const keepsUp = createPace();
  for (let second = 0; second < 120; second += 1) assert.ok(keepsUp(1000, 1000));
  assert.ok(keepsUp(65_536, 40_000));
});
