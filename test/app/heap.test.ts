import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const MARK = 'the start is over';

const source = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The flags of V8 that stand between brackets behind a name. */
const flagsBehind = (name: string, text: string): readonly string[] =>
  Array.from((text.split(name)[1]?.split(']')[0] ?? '').matchAll(/'(--[^']+)'/g), ([, flag = '']) => flag);

const startFlags = flagsBehind('for (const flag of', source('src/usher.js'));

test('the types are stripped in advance for the flags that a start sets', () => {
  assert.ok(startFlags.length > 0);
  assert.deepEqual(flagsBehind('START_FLAGS =', source('ops/warm.js')), startFlags);
});

test('what ran while a primary started is optimised to the last once it has started, and no heap can be swept', () => {
  const script = `
    import { startIsOver } from ${JSON.stringify(new URL('../../src/heap.ts', import.meta.url).href)};
    import { runInNewContext } from 'node:vm';
    const work = (many) => { let sum = 0; for (let at = 0; at < many; at += 1) sum += at % 7; return sum; };
    const often = () => { let sum = 0; for (let at = 0; at < 3000; at += 1) sum += work(100); return sum; };
    often();
    startIsOver();
    console.log('${MARK}', runInNewContext('typeof gc'));
    for (let round = 0; round < 60; round += 1) often();`;
  const { stdout, status } = spawnSync(
    process.execPath,
    [
      ...['--trace-opt', '--no-concurrent-recompilation', ...startFlags],
      ...['--input-type=module', '--eval', script],
    ],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0);
  const [before = '', after = ''] = stdout.split(MARK);
  assert.doesNotMatch(before, /<JSFunction work .*TURBOFAN/);
  assert.match(after, /completed compiling .*<JSFunction work .*TURBOFAN/);
  assert.match(after, /^ undefined\n/);
});
