import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countTurn, mayBeTheLooker, withhold, type Round } from '../../src/verdicts/hold.ts';
import { judge, unjudged } from '../../src/verdicts/judge.ts';

/** Whether the last of these turns, at these instants, looks like the looker's own fault. */
const suspicious = (up: number, ...instants: readonly number[]): boolean => {
  let round: Round | undefined;
  instants.forEach((at, before) => (round = countTurn(round, { at, up: up - before, roundMs: 2000 })));
  assert.ok(round);
  return mayBeTheLooker(round);
};

describe('hold', () => {
  it('suspects the looker when more than half of those that were up turn down within a round', () => {
    assert.equal(suspicious(4, 0, 1, 2), true);
    assert.equal(suspicious(2, 0, 1), true);
  });

  it('does not for half of them, for a single one, or for turns in different rounds', () => {
    assert.equal(suspicious(4, 0, 1), false);
    assert.equal(suspicious(1, 0), false);
    assert.equal(suspicious(4, 0, 1, 2001), false);
  });

  it('keeps the health and goes on counting failures', () => {
    const fails = (at: number) => ({
      secondary: 'web1',
      check: 'tcp',
      at,
      outcome: { ok: false as const, tookMs: 1, failure: 'timeout' as const, detail: 'no answer' },
    });
    const up = judge(
      unjudged(0),
      { secondary: 'web1', check: 'tcp', at: 1, outcome: { ok: true, tookMs: 1 } },
      { rise: 1, fall: 1 },
    );
    const down = judge(up, fails(2), { rise: 1, fall: 1 });
    const held = withhold(down, up);
    assert.deepEqual(
      { health: held.health, since: held.since, fails: held.fails, flaps: held.flaps },
      { health: 'up', since: 1, fails: 1, flaps: 0 },
    );
    assert.equal(judge(held, fails(3), { rise: 1, fall: 1 }).health, 'down');
  });
});
