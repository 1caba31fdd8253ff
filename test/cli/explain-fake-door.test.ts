import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test, type TestContext } from 'node:test';
import { explain } from '../../src/cli/explain.ts';
import { startWebServer } from '../real/web-server.ts';
import { runCommand } from './run-command.ts';

const EVIL = '\x1b[2J\r\nweb9 up\x1b]0;pwn\x07';
const CONTROLS = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;
const COLUMNS = ['id', 'what', 'state', 'health', 'why'];
const ROW = Object.fromEntries(COLUMNS.map((key) => [key, EVIL]));
const EXPLAINED = {
  decision: 'chosen',
  secondary: EVIL,
  because: EVIL,
  location: EVIL,
  cookie: EVIL,
  known: EVIL,
};
const WHY = {
  words: EVIL,
  id: EVIL,
  at: EVIL,
  news: { source: EVIL },
  dice: [],
  missing: EVIL,
  secondaries: [ROW],
};

/** Somebody who answers in place of an admin door. */
const pretender = async (t: TestContext, told: unknown): Promise<string> => {
  const server = await startWebServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(told));
  });
  t.after(server.stop);
  return `http://127.0.0.1:${server.port}`;
};

for (const [what, told, args] of [
  ['of a visitor', { ...EXPLAINED, secondaries: [ROW] }, []],
  ['of a decision', WHY, ['--id', 'abc']],
  ['instead of an answer', { isRefused: false, words: EVIL }, []],
] as const) {
  test(`whoever answers at the door does not drive the terminal by what he tells ${what}`, async (t) => {
    const { code, out } = await runCommand(explain, [...args, '--admin', await pretender(t, told)], {
      cwd: tmpdir(),
    });
    assert.equal(code, 0);
    assert.match(out, /web9 up/);
    assert.doesNotMatch(out, CONTROLS);
  });
}

test('a door that answers in another form is none of ours', async (t) => {
  const admin = await pretender(t, { words: 'x', secondaries: [] });
  const { code, err } = await runCommand(explain, ['--id', 'abc', '--admin', admin], { cwd: tmpdir() });
  assert.notEqual(code, 0);
  assert.match(err, new RegExp(admin));
});
