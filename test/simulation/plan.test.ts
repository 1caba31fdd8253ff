import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OURS } from './goals.ts';
import { planWhole, SEEDS_IN_WORDS } from './plan.ts';
import { STUDIES, type StudyName } from './scenarios.ts';

test('in every situation all of ours, and what they are measured by, go by four seeds at least', () => {
  const names = Object.keys(STUDIES) as StudyName[];
  const tasks = planWhole(names);
  const close: readonly StudyName[] = ['unknown', 'degraded'];
  for (const study of names) {
    const of = tasks.filter((task) => task.study === study);
    assert.equal(new Set(of.map(({ seed }) => seed)).size, of.length);
    for (const rule of STUDIES[study].rules) {
      const seeds = of.filter(({ rules = STUDIES[study].rules }) => rules.some((one) => one === rule)).length;
      const isMeasure = rule === 'bound' || rule === 'turns';
      const isClose = close.includes(study) && (isMeasure || rule === 'balance');
      const least = isMeasure || OURS.includes(rule) ? 4 : 2;
      assert.equal(seeds, isClose ? 16 : least, `${rule} in ${study}`);
    }
  }
  assert.match(SEEDS_IN_WORDS, /^101 to 104 .* 101 to 116 .* unknown and degraded.* 101 to 102 /);
});
