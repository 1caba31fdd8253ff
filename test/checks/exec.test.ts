import assert from 'node:assert/strict';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { checks } from '../../src/checks/index.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { made } from '../contracts/made.ts';
import { wireOf } from '../wire/wire-of.ts';

const outcomeOf = (t: TestContext, script: string): Promise<Outcome> =>
  made(checks, 'exec', { command: ['sh', '-c', script] })(
    { id: 'web1', at: 'https://[::1]:8443', timeoutMs: 5000 },
    wireOf(t),
  );

test('exit code 0 passes, and the first line printed is the detail', async (t) => {
  const { tookMs, ...said } = await outcomeOf(t, 'echo "replica, 3 s behind"; echo more');
  assert.deepEqual(said, { ok: true, detail: 'replica, 3 s behind' });
  assert.ok(tookMs > 0);
  const { tookMs: _, ...silent } = await outcomeOf(t, 'true');
  assert.deepEqual(silent, { ok: true });
});

test('any other exit code fails, and says which and why', async (t) => {
  for (const [script, detail] of [
    ['echo "disk full"; exit 2', 'exit 2: disk full'],
    ['echo "disk full" >&2; exit 2', 'exit 2: disk full'],
    ['exit 7', 'exit 7'],
    ['kill -9 $$', 'sh was ended by SIGKILL'],
    ['printf "\\033[31mred\\007\\n"; exit 1', 'exit 1: ?[31mred?'],
  ] as const) {
    const { tookMs: _, ...said } = await outcomeOf(t, script);
    assert.deepEqual(said, { ok: false, failure: 'command', detail });
  }
});

test('the program learns whom it is run for', async (t) => {
  const outcome = await outcomeOf(t, 'echo "$USHER_ID $USHER_HOST $USHER_PORT $USHER_URL"');
  assert.equal(outcome.detail, 'web1 ::1 8443 https://[::1]:8443');
});

test('a command is a list with a program in it', () => {
  for (const command of [undefined, [], [''], 'true', ['a\0'], [1]]) {
    assert.throws(() => made(checks, 'exec', { command }));
  }
});
