import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { diffOf } from '../../src/config/editing/diff.ts';
import { readShown } from '../../src/config/editing/shown.ts';
import { parseText } from './parse-text.ts';
import { tempFolder } from './temp-folder.ts';

const MARK = 'S3CR3T';

const CONFIG = {
  secondaries: [
    { port: 8086, ping: { http: '/alive', headers: { Authorization: `Basic ${MARK}`, 'X-Key': MARK } } },
    { port: 8087, load: { json: '/load', headers: { Cookie: `login=${MARK}` } } },
  ],
  admin: { password: `scrypt$${MARK.repeat(4)}` },
  notify: [{ webhook: `https://hooks.example.org/${MARK}`, headers: { 'X-Token': MARK } }],
};

test('whoever may see the list sees no secret of it, nor in what an edit would change', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  const text = JSON.stringify(CONFIG, undefined, 2);
  await writeFile(file, text);
  const { secondaries } = await readShown(file);
  assert.equal(secondaries.length, 2);
  assert.match(JSON.stringify(secondaries), /"Authorization":"…"/);
  assert.doesNotMatch(JSON.stringify(secondaries), new RegExp(MARK));
  for (const [before, after] of [
    ['', text],
    [text, ''],
    [text, text.replace('8086', '8088')],
    [text, text.replaceAll(MARK, 'other').replace('8086', '8088')],
  ] as const) {
    const diff = diffOf(before, after);
    assert.ok(diff.some(({ is }) => is !== 'same'));
    assert.doesNotMatch(JSON.stringify(diff), new RegExp(`${MARK}|other`));
  }
});

test('no mistake repeats a secret that stands at its place', () => {
  const right = JSON.stringify(CONFIG);
  const wrong = [
    right.replace(`"Basic ${MARK}"`, `"Basic ${MARK}É"`),
    right.replace(`"Basic ${MARK}"`, `["Basic ${MARK}"]`),
    right.replace(`"Basic ${MARK}"`, `{ "a": "Basic ${MARK}" }`),
    right.replace(`{"Cookie":"login=${MARK}"}`, `["Cookie: ${MARK}"]`),
    right.replace(`/${MARK}"`, `/${MARK}#x"`),
    right.replace(`/${MARK}"`, `/${MARK}`),
    right.replace('scrypt$', ''),
    right.replace(`"admin":{`, `"admin":[{`).replace(`}],"notify"`, `"notify"`),
    right.replace(`"scrypt$${MARK.repeat(4)}"`, `'scrypt$${MARK.repeat(4)}'`),
  ];
  for (const text of wrong) {
    assert.notEqual(text, right);
    const parsed = parseText(text);
    assert.ok(!parsed.ok && parsed.mistakes.length > 0, text);
    assert.doesNotMatch(JSON.stringify(parsed), new RegExp(MARK), text);
  }
});
