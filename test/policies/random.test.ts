import assert from 'node:assert/strict';
import { it } from 'node:test';
import { random } from '../../src/policies/random.ts';
import { poolOf, sendAll } from './pool-of.ts';

it('goes by the weight alone, not by the load', () => {
  const pool = poolOf([{ weight: 3, load: { running: 900 } }, { load: { running: 0 } }]);
  const [heavy = 0] = sendAll(random.make({})(pool), 40_000).counts;
  assert.ok(Math.abs(heavy - 30_000) < 450, String(heavy));
});
