import assert from 'node:assert/strict';
import { it } from 'node:test';
import { first } from '../../src/policies/first.ts';
import { poolOf, sendAll } from './pool-of.ts';

it('sends everybody to the first of the list, however light and loaded', () => {
  const pool = poolOf([{ weight: 0.1, load: { running: 900 } }, { weight: 9 }, { weight: 9 }]);
  assert.deepEqual(sendAll(first.make({})(pool), 100).counts, [100]);
});
