import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFiles } from '../../src/doctor/open-files.ts';

test('that only few files may be open hurts visitors soon, and enough of them are fine', () => {
  const [finding] = openFiles({ mostFiles: 150 }).findings;
  assert.deepEqual([finding?.hurts, finding?.about], ['soon', 'open files']);
  assert.match(finding?.what ?? '', /no more than 150 files/);
  assert.deepEqual(openFiles({ mostFiles: 65_536 }), {
    findings: [],
    fine: 'open files: a program of this user may have 65536',
  });
  assert.deepEqual(openFiles({}), { findings: [] });
});
