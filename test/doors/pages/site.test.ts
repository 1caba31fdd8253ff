import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Settings } from '../../../src/config/settings.ts';
import { openDoor, plainSettings } from '../a-door.ts';

const siteWith = async (context: TestContext, files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-site-'));
  context.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
};

const ask = (port: number, path: string, init?: RequestInit): Promise<Response> =>
  fetch(`http://127.0.0.1:${String(port)}${path}`, { redirect: 'manual', ...init });

const entrances = new Map([
  ['/splash.html', 'local'],
  ['/robots.txt', 'local'],
]) as Settings['entrances'];

const nobody = (whenAllDown: Settings['whenAllDown']): Partial<Settings> => ({
  whenAllDown,
  secondaries: plainSettings().secondaries.map((each) => ({ ...each, state: 'maintenance' as const })),
});

test('a local entrance is a file of the site folder', async (context) => {
  const siteFolder = await siteWith(context, { 'robots.txt': 'User-agent: *\n' });
  const { port } = await openDoor(context, {
    fastLane: true,
    settings: plainSettings({ siteFolder, entrances }),
  });
  const answer = await ask(port, '/robots.txt');
  assert.deepEqual([answer.status, await answer.text()], [200, 'User-agent: *\n']);
  assert.equal(answer.headers.get('x-powered-by'), null);
  assert.equal(answer.headers.get('strict-transport-security'), null);
});

test('the package brings a splash page; one in the site folder comes before it', async (context) => {
  const own = await openDoor(context, { fastLane: true, settings: plainSettings({ entrances }) });
  const splash = await ask(own.port, '/splash.html');
  assert.equal(splash.status, 200);
  assert.match(await splash.text(), /<h1/);
  const siteFolder = await siteWith(context, { 'splash.html': 'mine' });
  const { port } = await openDoor(context, {
    fastLane: true,
    settings: plainSettings({ siteFolder, entrances }),
  });
  assert.equal(await (await ask(port, '/splash.html')).text(), 'mine');
});

test('a local entrance whose file is missing is a 404, not a redirect', async (context) => {
  const { port } = await openDoor(context, { fastLane: true, settings: plainSettings({ entrances }) });
  assert.equal((await ask(port, '/robots.txt')).status, 404);
});

test('files of the site folder that no entrance names are not served while a secondary is up', async (context) => {
  const siteFolder = await siteWith(context, { 'page.html': 'fallback' });
  const settings = plainSettings({ siteFolder, whenAllDown: { kind: 'local' } });
  const { port } = await openDoor(context, { fastLane: true, settings });
  assert.equal((await ask(port, '/page.html')).status, 302);
});

test('with nobody up, local serves the site folder, its index for /, and the sorry page for what it lacks', async (context) => {
  const siteFolder = await siteWith(context, { 'page.html': 'fallback', 'index.html': 'home' });
  const settings = plainSettings({ siteFolder, ...nobody({ kind: 'local' }) });
  const { port } = await openDoor(context, { fastLane: true, settings });
  assert.equal(await (await ask(port, '/page.html')).text(), 'fallback');
  assert.equal(await (await ask(port, '/')).text(), 'home');
  const missing = await ask(port, '/missing.html');
  assert.deepEqual([missing.status, missing.headers.get('retry-after')], [503, '5']);
});

test('no path leads out of the site folder', async (context) => {
  const siteFolder = await siteWith(context, {
    'site/a.html': 'a',
    'secret.txt': 'secret',
    'site/.hidden': 'secret',
  });
  const settings = plainSettings({ siteFolder: join(siteFolder, 'site'), ...nobody({ kind: 'local' }) });
  const { port } = await openDoor(context, { fastLane: true, settings });
  for (const path of [
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/.hidden',
    '/a.html%00',
    '/%ff',
    '/..%5csecret.txt',
  ]) {
    const answer = await ask(port, path);
    assert.doesNotMatch(await answer.text(), /^secret/);
    assert.ok(answer.status >= 400, path);
  }
});

test('with nobody up, a URL is where everybody goes', async (context) => {
  const settings = plainSettings(nobody({ kind: 'url', url: 'https://status.example.org/' }));
  const { port } = await openDoor(context, { fastLane: true, settings });
  const answer = await ask(port, '/x');
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, 'https://status.example.org/']);
  const post = await ask(port, '/x', { method: 'POST', body: 'x' });
  assert.equal(post.status, 307);
});

test('with nobody up, the sorry page says when to come back and tries again by itself', async (context) => {
  const { port } = await openDoor(context, {
    fastLane: true,
    settings: plainSettings(nobody({ kind: 'sorry' })),
  });
  const answer = await ask(port, '/x');
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5']);
  assert.match(await answer.text(), /http-equiv="refresh"/);
});

test("Usher's own paths are never redirected", async (context) => {
  const { port } = await openDoor(context, { fastLane: true });
  for (const path of ['/.usher/x', '/.well-known/acme-challenge/x'])
    assert.equal((await ask(port, path)).status, 404);
});
