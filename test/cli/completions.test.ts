import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { completedOf, completionScripts } from '../../src/cli/completion-scripts.ts';
import { completionsOf } from '../../src/cli/completions.ts';
import { commands } from '../../src/cli/index.ts';
import { ActionableError } from '../../src/errors.ts';
import { runCommand } from './run-command.ts';
import { terminal } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'usher-completions-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const completions = completionsOf(commands);

const scriptFor = async (shell: string): Promise<string> => {
  const { io, out } = terminal();
  assert.equal(await completions.run([shell], io), 0);
  return out();
};

test('usage and help say what is completed', () => {
  const { words, options } = completedOf('check', {
    summary: '',
    usage: 'usher check [ping|load] [--config usher.json | --admin URL] [--resolve [--dns ADDRESS]] [--json]',
    help: '\n  --json          the rows as JSON\n  --log FILE      of a log; --nothing here\n',
  });
  assert.deepEqual(words, ['ping', 'load']);
  assert.deepEqual(
    options.map(({ name, takesValue }) => `${name} ${String(takesValue)}`),
    ['config true', 'admin true', 'resolve false', 'dns true', 'json false', 'log true'],
  );
});

test('every verb is in every script', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const script = await scriptFor(shell);
    for (const verb of Object.keys(commands)) assert.match(script, new RegExp(`\\b${verb}\\b`), shell);
  }
});

/** What bash offers behind these words. */
const inBash = (script: string, words: readonly string[]): readonly string[] => {
  const file = join(folder, 'usher.bash');
  writeFileSync(file, script);
  const run = spawnSync('bash', [
    '--norc',
    '-c',
    `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _usher; printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash',
    file,
    ...words,
  ]);
  assert.equal(run.stderr.toString(), '');
  return run.stdout.toString().trim().split('\n');
};

test('bash completes verbs, words and options', async () => {
  const script = await scriptFor('bash');
  assert.deepEqual(inBash(script, ['usher', 'dr']), ['drain']);
  assert.deepEqual(inBash(script, ['usher', 'help', 'stat']), ['status']);
  assert.deepEqual(inBash(script, ['usher', 'check', 'p']), ['ping']);
  assert.deepEqual(inBash(script, ['usher', 'drain', '--w']), ['--wait']);
  assert.deepEqual(inBash(script, ['usher', 'status', '--wa']), ['--watch']);
  // nothing of ours, so that bash offers files
  assert.deepEqual(inBash(script, ['usher', 'status', '--config', '']), ['']);
  assert.deepEqual(inBash(script, ['usher', 'nonsense', '']), ['']);
});

/** A program called usher that knows two secondaries, and only of the config it should be asked for. */
const fakeUsher = (): string => {
  const bin = join(folder, 'usher');
  writeFileSync(
    bin,
    '#!/bin/sh\n[ "$1 $2" = "completions ids" ] || exit 2\n[ "$4" = other.json ] && echo web9 || printf "web1\\nweb2\\n"\n',
    { mode: 0o755 },
  );
  return bin;
};

test('bash and fish complete the ids of the secondaries', async () => {
  const bin = fakeUsher();
  const script = await scriptFor('bash');
  assert.deepEqual(inBash(script, [bin, 'drain', 'w']), ['web1', 'web2']);
  assert.deepEqual(inBash(script, [bin, 'ready', '--config', 'other.json', 'w']), ['web9']);
  assert.deepEqual(inBash(script, [bin, 'status', 'w']), ['']);
  const file = join(folder, 'ids.fish');
  writeFileSync(file, await scriptFor('fish'));
  const env = { ...process.env, HOME: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const run = spawnSync('fish', ['--no-config', '-c', `source ${file}; complete -C 'usher maintenance w'`], {
    env,
  });
  assert.equal(run.stdout.toString(), 'web1\nweb2\n');
});

test('zsh completes the ids of the secondaries', async () => {
  const file = join(folder, '_usher_ids');
  const stub = 'compdef() { }; compadd() { shift; print -rl -- $@ };';
  writeFileSync(file, `${stub}\n${await scriptFor('zsh')}`);
  const ask = 'words=("$2" drain w); CURRENT=3; PREFIX=w; source "$1"; _usher';
  const run = spawnSync('zsh', ['-f', '-c', ask, 'zsh', file, fakeUsher()]);
  assert.equal(run.stderr.toString(), '');
  assert.deepEqual(run.stdout.toString().trim().split('\n').slice(-2), ['web1', 'web2']);
});

test('the ids are those of the config, and none where it cannot be read', async () => {
  writeFileSync(join(folder, 'usher.json'), '{ "secondaries": [{ "port": 8086 }, { "port": 8087 }] }');
  assert.equal((await runCommand(completions, ['ids'], { cwd: folder })).out, 'web8086\nweb8087\n');
  const none = await runCommand(completions, ['ids', '--config', 'nowhere.json'], { cwd: folder });
  assert.deepEqual([none.code, none.out, none.err], [0, '', '']);
});

test('zsh reads its script', async () => {
  const file = join(folder, '_usher');
  writeFileSync(file, await scriptFor('zsh'));
  const run = spawnSync('zsh', [
    '-f',
    '-c',
    `autoload -Uz compinit; compinit -u -D; source ${file}; whence -w _usher; print $_comps[usher]`,
  ]);
  assert.equal(run.stderr.toString(), '');
  assert.equal(run.stdout.toString(), '_usher: function\n_usher\n');
});

test('fish completes verbs, words and options', async () => {
  const file = join(folder, 'usher.fish');
  writeFileSync(file, await scriptFor('fish'));
  const offered = (line: string): readonly string[] => {
    const run = spawnSync(
      'fish',
      ['--no-config', '-c', `source ${file}; complete -C ${JSON.stringify(line)}`],
      {
        env: { ...process.env, HOME: folder },
      },
    );
    assert.equal(run.stderr.toString(), '');
    return run.stdout
      .toString()
      .trim()
      .split('\n')
      .map((each) => each.split('\t')[0] ?? '');
  };
  assert.deepEqual(offered('usher dr'), ['drain']);
  assert.deepEqual(offered('usher check p'), ['ping']);
  assert.deepEqual(offered('usher drain --w'), ['--wait']);
  assert.deepEqual(offered('usher help stat'), ['status']);
});

test('quotes and colons of a summary stay text', () => {
  const summary = `It's a "test": $(touch ${join(folder, 'owned')}) \\ \`x\``;
  const all = [{ verb: 'odd', summary, words: [], options: [{ name: 'config', takesValue: true }] }];
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const file = join(folder, `odd.${shell}`);
    writeFileSync(
      file,
      completionScripts[shell](all).replace(
        'compdef _usher usher',
        '_describe() { print -r -- $verbs[1] }; CURRENT=2 _usher',
      ),
    );
    const run = spawnSync(shell, [file], { env: { ...process.env, HOME: folder } });
    assert.equal(run.stderr.toString(), '', shell);
    if (shell === 'zsh') assert.equal(run.stdout.toString(), `odd:${summary.replaceAll(':', '\\:')}\n`);
    assert.equal(spawnSync('ls', [join(folder, 'owned')]).status === 0, false, shell);
  }
});

test('another shell, none or two are wrong use', async () => {
  for (const args of [[], ['tcsh'], ['bash', 'zsh'], ['constructor']]) {
    await assert.rejects(
      completions.run(args, terminal().io),
      (error) => error instanceof ActionableError && error.exitCode === 2,
    );
  }
});
