import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Health, Verdict } from '../../src/model/verdict.ts';
import { isBehind } from '../../src/verdicts/behind.ts';
import { unjudged } from '../../src/verdicts/judge.ts';

const PASS: Outcome = { ok: true, tookMs: 1 };
const FAIL: Outcome = { ok: false, tookMs: 1, failure: 'refused', detail: 'nobody there' };

const verdict = (health: Health, at: number, outcome = health === 'up' ? PASS : FAIL): Verdict => ({
  ...unjudged(0),
  health,
  evidence: { secondary: 'web1', check: 'http', at, outcome },
});

describe('isBehind', () => {
  it('lets nobody talk us out of what we saw who has not asked since', () => {
    assert.ok(isBehind(verdict('up', 1000), verdict('down', 5000)));
    assert.ok(isBehind(verdict('down', 1000), verdict('up', 5000)));
    assert.ok(!isBehind(verdict('up', 6000), verdict('down', 5000)));
    assert.ok(!isBehind(verdict('down', 6000), verdict('up', 5000)));
    assert.ok(!isBehind(verdict('down', 1000), verdict('down', 5000)), 'where both say the same');
  });

  it('lets nobody talk us out of it whose own last answer says what we say', () => {
    assert.ok(isBehind(verdict('up', 6000, FAIL), verdict('down', 5000)));
    assert.ok(isBehind(verdict('down', 6000, PASS), verdict('up', 5000)));
  });

  it('takes one that gives no evidence at its word, and unknown for no word at all', () => {
    const { evidence: _, ...bare } = verdict('up', 0);
    assert.ok(!isBehind(bare, verdict('down', 5000)));
    assert.ok(isBehind(unjudged(0), verdict('down', 5000)));
    assert.ok(!isBehind(verdict('up', 0), unjudged(0)), 'who saw nothing has nothing to keep');
  });
});
