import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';

const root = fileURLToPath(new URL('../..', import.meta.url));
const eslint = new ESLint({ cwd: root, overrideConfigFile: `${root}/ops/eslint.config.js` });

/** The rules that a text breaks if it stands in that file. */
const broken = async (filePath: string, text: string): Promise<string[]> => {
  const [result] = await eslint.lintText(text, { filePath: `${root}/${filePath}` });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
};

/** What may not stand in a room of the house, and the rule that says so. */
const refused: readonly (readonly [text: string, rule: string])[] = [
  ['export const at = Date.now();', 'no-restricted-properties'],
  ['export const at = performance.now();', 'no-restricted-properties'],
  ['export const chance = Math.random();', 'no-restricted-properties'],
  ['export const at = new Date();', 'no-restricted-syntax'],
  ['export const end = () => process.exit(1);', 'no-restricted-properties'],
  ['export default 1;', 'no-restricted-syntax'],
  ['export class PoolManager { readonly pool = 1; }', 'no-restricted-syntax'],
  ['export const send = (quickly: boolean) => quickly;', 'no-restricted-syntax'],
  ['export const sign = (n: number) => { if (n < 0) { return -1; } else { return 1; } };', 'no-else-return'],
  [
    'const later = async () => {}; export const now = () => { later(); };',
    '@typescript-eslint/no-floating-promises',
  ],
  [
    "export const f = (k: 'a' | 'b') => { switch (k) { case 'a': return 1; } return 2; };",
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
  [
    'export const f = (a: number, b: number, c: number, d: number) => a + b + c + d;',
    '@typescript-eslint/max-params',
  ],
];

for (const [text, rule] of refused) {
  test(`${rule} refuses ${text}`, async () => {
    assert.ok((await broken('src/errors.ts', text)).includes(rule), `${rule} let it pass`);
  });
}

test('the clock alone reads time and chance', async () => {
  assert.deepEqual(
    await broken('src/clock.ts', 'export const at = Date.now() + performance.now() + Math.random();'),
    [],
  );
});
