import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJournal } from '../src/journal.ts';

test('the same bug is told once a minute: whoever can cause it does not fill the log', () => {
  let now = 0;
  const lines: string[] = [];
  const { journal } = createJournal(
    (line) => lines.push(line),
    () => now,
  );
  for (let n = 0; n < 1000; n += 1) journal({ type: 'bug', where: 'dispatch', error: 'one' });
  journal({ type: 'bug', where: 'dispatch', error: 'two' });
  assert.equal(lines.length, 2);
  now += 60_000;
  journal({ type: 'bug', where: 'dispatch', error: 'two' });
  assert.equal(lines.length, 3);
});
