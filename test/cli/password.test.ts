import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parsePasswordHash, verifyPassword } from '../../src/doors/admin/password.ts';
import { tokenIn, type TokenProof } from '../../src/doors/admin/token.ts';

const launcher = fileURLToPath(new URL('../../src/usher.js', import.meta.url));
const HASH = /scrypt\$\S+/;

const proves = async (printed: string, password: string): Promise<boolean> =>
  verifyPassword(password, parsePasswordHash(HASH.exec(printed)?.[0] ?? '')!);

/** Runs the command with this piped in. */
const piped = async (input: string, ...args: readonly string[]) => {
  const child = spawn(process.execPath, [launcher, 'password', ...args], { timeout: 20_000 });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, out, err };
};

/** Runs it in a real terminal (util-linux `script`) and answers each question with the next keys. */
const typed = async (answers: readonly string[]) => {
  const command = `'${process.execPath}' '${launcher}' password`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { timeout: 20_000 });
  const left = [...answers];
  let screen = '';
  let asked = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    const questions = screen.match(/(?:Password|Once more): /g)?.length ?? 0;
    while (asked < questions) {
      asked += 1;
      child.stdin.write(left.shift() ?? '\x03');
    }
  });
  const [code] = await once(child, 'close');
  return { code, screen };
};

test('a piped password is proved by the line it prints', async () => {
  const { code, out, err } = await piped('correct horse\n');
  assert.equal(code, 0);
  assert.match(out, /^scrypt\$\d+\$\d+\$\d+\$\S+\$\S+\n$/);
  assert.equal(err, '');
  assert.ok(await proves(out, 'correct horse'));
});

test('a password too short, none, or a whole file is refused in a sentence', async () => {
  for (const [input, words] of [
    ['short\n', /5 characters is too short/],
    ['', /No password was given/],
    ['x'.repeat(10_000), /too long for a password/],
  ] as const) {
    const { code, out, err } = await piped(input);
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, words);
    assert.doesNotMatch(err, /\n\s+at /);
  }
});

test('in a terminal it asks twice, shows nothing of what is typed, and takes back what is rubbed out', async () => {
  const { code, screen } = await typed(['correct horsy\x7fe\r', 'wrong\x15correct horse\r']);
  assert.equal(code, 0);
  assert.doesNotMatch(screen, /correct|horse|wrong/);
  assert.ok(await proves(screen, 'correct horse'));
});

test('two different answers, and Ctrl-C, print no line', async () => {
  const different = await typed(['correct horse\r', 'correct house\r']);
  assert.equal(different.code, 1);
  assert.match(different.screen, /The two are not the same/);
  assert.doesNotMatch(different.screen, HASH);
  const left = await typed(['corr\x03']);
  assert.equal(left.code, 1);
  assert.match(left.screen, /No password was given/);
  assert.doesNotMatch(left.screen, HASH);
});

test('a token is printed alone on standard output, and the entry that proves it beside it', async () => {
  const { code, out, err } = await piped('', '--token', 'prometheus');
  assert.equal(code, 0);
  const entry = JSON.parse(/\{.*\}/.exec(err)?.[0] ?? '') as TokenProof;
  assert.deepEqual([entry.name, entry.scope], ['prometheus', 'read']);
  assert.equal(tokenIn([entry], out.trim()), entry);

  for (const args of [
    ['--token', 'A b'],
    ['--token', 'x', '--scope', 'all'],
    ['--scope', 'read'],
  ]) {
    const wrong = await piped('', ...args);
    assert.deepEqual([wrong.code, wrong.out], [2, ''], args.join(' '));
  }
});
