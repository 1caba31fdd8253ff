import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NotedDecision } from '../../src/dispatch/diary/decisions.ts';
import { drawAgain } from '../../src/doors/why/draw-again.ts';
import { policies } from '../../src/policies/index.ts';
import { makeFrom } from '../../src/unit.ts';
import { equals } from '../policies/pool-of.ts';

const noted: NotedDecision = {
  ...{ number: 7, at: 1000, kind: 'chosen', slot: 0, way: 0, edition: 0, ticket: 7, avoid: [] },
  ...{ source: 'cached', snapshotSeq: 1, snapshotAt: 900, rosterAt: 900, whose: 0, dice: [0.3] },
};

/** Whether a decision of which neither ledger nor visitor is kept can be made again. */
const isMadeAgain = (name: string): boolean => {
  const policy = makeFrom(policies, { name, options: name === 'hash' ? { by: 'subnet' } : {} });
  const { draw, isKept } = drawAgain(noted, undefined);
  policy(equals(3)).pick(draw);
  return isKept();
};

test('a decision is made again only where no more is asked than was kept, and a policy that asks more breaks nothing', () => {
  for (const name of Object.keys(policies)) isMadeAgain(name);
  for (const name of ['random', 'round-robin', 'first']) assert.equal(isMadeAgain(name), true, name);
  for (const name of ['least-connections', 'two-choices', 'balance', 'hash']) {
    assert.equal(isMadeAgain(name), false, name);
  }
});
