import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Failure, Outcome } from '../../src/model/outcome.ts';
import { judge, unjudged } from '../../src/verdicts/judge.ts';
import { isTurning } from '../../src/verdicts/turning.ts';

const PASS: Outcome = { ok: true, tookMs: 1 };
const fail = (failure: Failure): Outcome => ({ ok: false, tookMs: 1, failure, detail: failure });

const after = (...outcomes: readonly Outcome[]) =>
  outcomes.reduce(
    (before, outcome) =>
      judge(before, { secondary: 'web1', check: 'http', at: 0, outcome }, { rise: 2, fall: 3 }),
    unjudged(0),
  );

describe('isTurning', () => {
  it('is worth asking soon who is up and whose last answer was a certain failure', () => {
    for (const failure of ['refused', 'reset', 'unreachable'] as const) {
      assert.ok(isTurning(after(PASS, fail(failure)), 1), failure);
    }
    for (const failure of ['timeout', 'status', 'text-missing', 'unresolved', 'command'] as const) {
      assert.ok(!isTurning(after(PASS, fail(failure)), 1), failure);
    }
    assert.ok(!isTurning(after(PASS), 1));
    assert.ok(!isTurning(after(PASS, fail('refused'), PASS), 1), 'the last answer counts');
  });

  it('gives one that comes back its time, unless nobody else is up', () => {
    assert.ok(!isTurning(after(fail('refused'), PASS), 1));
    assert.ok(isTurning(after(fail('refused'), PASS), 0));
    assert.ok(!isTurning(after(fail('refused')), 0), 'who is down stays in turn');
    assert.ok(!isTurning(unjudged(0), 0));
  });
});
