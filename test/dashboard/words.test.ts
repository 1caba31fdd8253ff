import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ago,
  count,
  milliseconds,
  percent,
  rate,
  seconds,
  span,
  whyNot,
} from '../../public/dashboard-words.js';
import { eventWords, loadWords, outcomeWords } from '../../src/dashboard/words.ts';

test('spans are said in one or two steps', () => {
  const said = {
    0: '0 s',
    999: '0 s',
    1000: '1 s',
    59_999: '59 s',
    60_000: '1 min',
    3_599_000: '59 min',
    3_600_000: '1 h',
    15_000_000: '4 h 10 min',
    86_400_000: '1 d',
    525_600_000: '6 d 2 h',
  };
  for (const [ms, words] of Object.entries(said)) assert.equal(span(Number(ms)), words);
  for (const odd of [Number.NaN, -5, Infinity]) assert.equal(span(odd), '0 s');
});

test('ages, rates and shares read like a sentence', () => {
  assert.equal(ago(300), 'now');
  assert.equal(ago(3000), '3 s ago');
  assert.equal(seconds(940), '0.9 s');
  assert.equal(seconds(12_000), '12 s');
  assert.deepEqual([0.84, 12.3, 1400, Number.NaN].map(milliseconds), ['0.8 ms', '12 ms', '1.4 s', '–']);
  assert.deepEqual([0, 0.004, 0.333, 1].map(percent), ['0 %', '0.4 %', '33 %', '100 %']);
  assert.deepEqual([0, 0.44, 12.4, 12_300].map(rate), ['0', '0.4', '12', '12,300']);
  assert.equal(count(1_234_567), '1,234,567');
});

test('figures of any size are said without an exception', () => {
  fc.assert(
    fc.property(fc.double(), (number) => {
      for (const say of [span, ago, seconds, milliseconds, percent, rate, count])
        assert.equal(typeof say(number), 'string');
    }),
  );
});

test('a load says what the secondary told, and its answer time only where nothing better is told', () => {
  assert.equal(
    loadWords({ at: 0, running: 1200, sessions: 3, utilization: 0.5 }),
    '1,200 running, 3 sessions, 50 % in use',
  );
  assert.equal(
    loadWords({ at: 0, weightShare: 0.75, wish: 'drain' }),
    'wants 75 % of its weight, asks for drain',
  );
  assert.equal(loadWords({ at: 0, running: 0, answerMs: 3 }), '0 running');
  assert.equal(loadWords({ at: 0, answerMs: 3 }), 'answers in 3.0 ms');
  assert.equal(loadWords({ at: 0, done: 12 }), '');
});

test('a failure says what it means', () => {
  assert.equal(
    outcomeWords({ ok: false, tookMs: 1, failure: 'refused', detail: 'x' }),
    'nobody listens there',
  );
  assert.equal(outcomeWords({ ok: true, tookMs: 2.34 }), 'answers in 2.3 ms');
});

test('whose wish it is is said where the operator did not ask for it', () => {
  assert.equal(whyNot({ why: 'draining', words: 'draining' }), 'draining');
  assert.equal(
    whyNot({ why: 'draining', words: 'draining', detail: 'it asks for it itself' }),
    'draining (it asks for it itself)',
  );
  assert.equal(whyNot({ why: 'down', words: 'down', detail: 'refused: x' }), 'down');
});

test('a turn for the worse is minded, one for the better is welcome', () => {
  const turn = (to: 'up' | 'down' | 'unknown') =>
    eventWords({ type: 'health-changed', secondary: 'web1', from: 'unknown', to, because: 'x' });
  assert.deepEqual(
    (['up', 'down', 'unknown'] as const).map((to) => turn(to).tone),
    ['fine', 'trouble', 'watch'],
  );
});
