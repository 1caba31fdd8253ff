import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingKnown } from '../../src/model/pool.ts';
import { avoidedAmong, decide } from '../../src/dispatch/decide.ts';
import type { Roster } from '../../src/dispatch/roster/roster.ts';
import type { Policy } from '../../src/model/policy.ts';
import { policies } from '../../src/policies/index.ts';
import { makeFrom } from '../../src/unit.ts';
import { drawOf, equals, seeded, visitOf } from '../policies/pool-of.ts';

const rosterOf = (count: number): Roster => {
  const candidates = equals(count);
  const ready = new Map<Policy, ReturnType<Policy>>();
  return {
    candidates,
    keepers: new Map(candidates.map((each) => [each.secondary.id, each])),
    draining: new Set(),
    rejected: [],
    isLastResort: false,
    madeAt: 0,
    whose: 0,
    snapshot: nothingKnown('cached'),
    prepared: (policy) => {
      const known = ready.get(policy) ?? policy(candidates);
      ready.set(policy, known);
      return known;
    },
  };
};

const names = ['web0', 'web1', 'web2', 'web3', 'web4', 'web5'];

for (const name of Object.keys(policies)) {
  test(`${name} sends whoever avoids some to another, and prepares nothing for him`, () => {
    const made = makeFrom(policies, { name, options: name === 'hash' ? { by: 'subnet' } : {} });
    let prepared = 0;
    const policy: Policy = (candidates) => {
      prepared += 1;
      return made(candidates);
    };
    const roster = rosterOf(names.length);
    const avoid = names.slice(0, 4);
    const dice = seeded(1);
    let ticket = 0;
    const sentTo = (ids: readonly string[]): string => {
      const decision = decide({
        roster,
        bound: undefined,
        policy,
        because: name,
        draw: () => drawOf({ visit: visitOf(ticket), ticket: (ticket += 1), dice }),
        avoid: ids,
      });
      assert.equal(decision.kind, 'chosen');
      return decision.candidate.secondary.id;
    };
    for (let n = 0; n < 200; n += 1) {
      assert.ok(!avoid.includes(sentTo(avoid)));
      assert.ok(names.includes(sentTo([`junk${String(n)}`, 'constructor'])));
    }
    assert.equal(prepared, 1);
  });
}

test('whoever avoids everybody goes to the one that he left first', () => {
  const roster = rosterOf(3);
  for (const name of Object.keys(policies)) {
    const policy = makeFrom(policies, { name, options: name === 'hash' ? { by: 'subnet' } : {} });
    for (const [avoid, expected] of [
      [['web2', 'web0', 'web1'], 'web1'],
      [['web0', 'web1', 'web2'], 'web2'],
      [['web2', 'web1', 'web0', 'web9'], 'web0'],
    ] as const) {
      const decision = decide({
        roster,
        bound: avoid[0],
        policy,
        because: name,
        draw: () => drawOf(),
        avoid,
      });
      assert.equal(decision.kind === 'chosen' && decision.candidate.secondary.id, expected, name);
    }
  }
});

test('whoever avoids everybody is sent somewhere all the same', () => {
  const roster = rosterOf(2);
  const decision = decide({
    roster,
    bound: 'web0',
    policy: makeFrom(policies, { name: 'first', options: {} }),
    because: 'first',
    draw: () => drawOf(),
    avoid: ['web0', 'web1'],
  });
  assert.equal(decision.kind, 'chosen');
  assert.deepEqual(
    avoidedAmong(roster.candidates, ['web1', 'web9']).map(({ id, why }) => [id, why]),
    [['web1', 'avoided']],
  );
});
