import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Tournament } from '../../src/mergelogs/tournament.ts';

test('the first in time is found, and of one time the one of the lowest rank, whoever comes and goes', () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ enters: fc.nat(6) }) },
      { weight: 3, arbitrary: fc.record({ moves: fc.nat(), to: fc.nat(6) }) },
      { weight: 1, arbitrary: fc.record({ leaves: fc.nat() }) },
    ),
    { maxLength: 400 },
  );
  fc.assert(
    fc.property(steps, (given) => {
      const race = new Tournament();
      const there: { seat: number; rank: number; at: number }[] = [];
      for (const [rank, step] of given.entries()) {
        if ('enters' in step) {
          const seat = race.enter(rank);
          race.set(seat, step.enters);
          there.push({ seat, rank, at: step.enters });
        } else if (there.length > 0 && 'moves' in step) {
          const one = there[step.moves % there.length];
          assert.ok(one !== undefined);
          one.at += step.to;
          race.set(one.seat, one.at);
        } else if (there.length > 0 && 'leaves' in step) {
          const [gone] = there.splice(step.leaves % there.length, 1);
          assert.ok(gone !== undefined);
          race.leave(gone.seat);
        }
        const [best] = there.toSorted((one, other) => one.at - other.at || one.rank - other.rank);
        assert.equal(race.firstAt(), best?.at ?? Infinity);
        if (best !== undefined) assert.equal(race.first(), best.seat);
      }
    }),
    { numRuns: 150 },
  );
});
