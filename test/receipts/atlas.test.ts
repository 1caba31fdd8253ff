import assert from 'node:assert/strict';
import { it } from 'node:test';
import { networkOf } from '../../src/model/network.ts';
import { allocateAtlas, openAtlas } from '../../src/receipts/atlas.ts';

it('a network whose browsers never answer is known by it, until one does', () => {
  const here = '203.0.113.9';
  const atlas = openAtlas(allocateAtlas(), () => 1_764_000_000_000);
  for (let n = 0; n < 3; n += 1) atlas.asked(networkOf(here));
  assert.equal(atlas.unanswered(atlas.find(here)), 3);
  atlas.learn(networkOf(here), [{ slot: 0, ms: 20 }]);
  assert.equal(atlas.unanswered(atlas.find(here)), 0);
});
