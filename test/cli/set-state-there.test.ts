import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { drain, maintenance, ready } from '../../src/cli/set-state.ts';
import type { Command } from '../../src/cli/command.ts';
import type { Editing } from '../../src/doors/admin/editing.ts';
import { hashToken, newToken } from '../../src/doors/admin/token.ts';
import { ActionableError } from '../../src/errors.ts';
import { tempFolder } from '../config/temp-folder.ts';
import { pretend, secondary } from '../dashboard/pretend.ts';
import { aConfig } from '../doors/a-config.ts';
import { openAdmin, type AdminMore } from '../doors/open-admin.ts';
import { terminal } from './terminal.ts';

const THERE = '{ "secondaries": [{ "port": 8086 }, { "port": 8087, "weight": 2 }] }';
const HERE = '{ "secondaries": [{ "port": 8086 }, { "port": 8087 }] }';

interface More extends AdminMore {
  readonly wrap?: (editing: Editing, write: (text: string) => void) => Editing;
}

/** An Usher that runs elsewhere, and a folder here with a config of its own. */
const setUp = async (t: TestContext, { wrap = (editing) => editing, ...more }: More = {}) => {
  const there = aConfig(THERE);
  const pool = pretend([secondary('web8086'), secondary('web8087', { takenOutBy: '/there/web8087' })]);
  const { url } = await openAdmin(pool, { editing: wrap(there.editing, there.write), ...more });
  const cwd = await tempFolder(t);
  await writeFile(join(cwd, 'usher.json'), HERE);
  const run = async (command: Command, args: readonly string[], env: Record<string, string> = {}) => {
    const { io, out, err } = terminal({ cwd, env });
    const code = await command.run([...args, '--admin', url], io).catch((error: unknown) => {
      if (!(error instanceof ActionableError)) throw error;
      io.err(`${error.message} ${error.remedy}`);
      return error.exitCode;
    });
    assert.equal(await readFile(join(cwd, 'usher.json'), 'utf8'), HERE, 'nothing is edited here');
    return { code, out: out(), err: err() };
  };
  return { run, there, url };
};

test('a secondary of an Usher that runs elsewhere is set there, and no file here', async (t) => {
  const { run, there, url } = await setUp(t);
  const drained = await run(drain, ['web8087']);
  assert.equal(drained.code, 0, drained.err);
  assert.ok(drained.out.endsWith(`takes no new ones (written to ${there.file} at ${url})\n`), drained.out);
  assert.equal(there.read(), THERE.replace('"weight": 2', '"weight": 2, "state": "drain"'));
  assert.match((await run(drain, ['web8087'])).out, /said so already\n$/);

  assert.equal((await run(maintenance, ['web8087', '--until', '2099-01-31T06:00:00Z'])).code, 0);
  assert.match(there.read(), /"state": "maintenance", "until": "2099-01-31T06:00:00Z"/);
  const back = await run(ready, ['web8087']);
  assert.equal(there.read(), THERE.replace('"weight": 2', '"weight": 2, "state": "ready"'));
  assert.match(back.err, /\/there\/web8087 is there: web8087 stays in maintenance until you remove it/);
});

test('what is refused there is told in its words, and nothing is done', async (t) => {
  const { run, there } = await setUp(t);
  const unknown = await run(drain, ['web808']);
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /no secondary "web808"\. Did you mean web8086\?/);
  const never = await run(drain, ['web8087', '--until', 'tomorrow']);
  assert.equal(never.code, 1);
  assert.match(never.err, /:1:\d+: "until"/);
  assert.equal((await run(drain, ['web8087', '--config', 'usher.json'])).code, 2);
  assert.equal(there.read(), THERE);
});

test('whoever shows no password, or a token that may only look, changes nothing', async (t) => {
  const [look, change] = [newToken(), newToken()];
  const tokens = [
    { name: 'looker', scope: 'read', hash: hashToken(look) },
    { name: 'doer', scope: 'write', hash: hashToken(change) },
  ] as const;
  const { run, there } = await setUp(t, { tokens });
  const stranger = await run(drain, ['web8087']);
  assert.equal(stranger.code, 1);
  assert.match(stranger.err, /wants the password.*USHER_PASSWORD/);
  const looker = await run(drain, ['web8087'], { USHER_PASSWORD: look });
  assert.equal(looker.code, 1);
  assert.match(looker.err, /This token may look, and change nothing/);
  assert.equal(there.read(), THERE);
  assert.equal((await run(drain, ['web8087'], { USHER_PASSWORD: change })).code, 0);
  assert.match(there.read(), /"drain"/);
});

test('what somebody else edits there meanwhile stays', async (t) => {
  let saves = 0;
  const { run, there } = await setUp(t, {
    wrap: (editing, write) => ({
      ...editing,
      show: async () => {
        const shown = await editing.show();
        saves += 1;
        if (saves === 1) write(THERE.replace('2 }', '3 }'));
        return shown;
      },
    }),
  });
  assert.equal((await run(drain, ['web8087'])).code, 0);
  assert.equal(there.read(), THERE.replace('2 }', '3, "state": "drain" }'));
});

test('where nobody listens, or no Usher, that is told', async (t) => {
  const { io } = terminal({ cwd: await tempFolder(t) });
  const dead = drain.run(['web1', '--admin', '127.0.0.1:1'], io);
  await assert.rejects(dead, /nobody listens at http:\/\/127\.0\.0\.1:1\//);
  const other = await openAdmin(pretend([secondary('web1')]));
  await assert.rejects(
    drain.run(['web1', '--admin', other.url], io),
    /does not answer as this Usher does \(status 404\)/,
  );
});
