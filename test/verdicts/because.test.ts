import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { becauseOf } from '../../src/verdicts/because.ts';
import { judge, unjudged } from '../../src/verdicts/judge.ts';

const thresholds = { rise: 2, fall: 2 };

describe('becauseOf', () => {
  it('tells the last observation in words', () => {
    const seen = { secondary: 'web1', check: 'http', at: 1, outcome: { ok: true as const, tookMs: 3.21 } };
    assert.equal(becauseOf(unjudged(0)), 'not asked yet');
    assert.equal(becauseOf(judge(unjudged(0), seen, thresholds)), 'answered in 3.2 ms');
  });

  it('tells how many in a row said the same', () => {
    const seen = {
      secondary: 'web1',
      check: 'http',
      at: 1,
      outcome: { ok: false as const, tookMs: 1, failure: 'status' as const, detail: '503, expected 200' },
    };
    const twice = judge(judge(unjudged(0), seen, thresholds), seen, thresholds);
    assert.equal(becauseOf(twice), 'status: 503, expected 200 (2 in a row)');
  });
});
