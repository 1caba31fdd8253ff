import assert from 'node:assert/strict';
import test from 'node:test';
import { spareStacks } from '../../src/wire/spare-stacks.ts';

// In a file of its own: what an earlier test had left at nought would hide what this one leaves.
test('errors have stacks again in the next turn, however often they were spared in this one', async () => {
  const before = Error.stackTraceLimit;
  assert.ok(before > 0);
  spareStacks();
  spareStacks();
  assert.equal(Error.stackTraceLimit, 0);
  await new Promise(setImmediate);
  assert.equal(Error.stackTraceLimit, before);
});
