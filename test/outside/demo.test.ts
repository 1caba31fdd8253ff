import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { askRaw, requestText } from './raw.ts';
import { until } from './until.ts';
import { childEnv, launcher, mortal, runUsher } from './usher.ts';

// The demo has fixed ports, and this is the only file that may use them.
const SECONDARY_PORTS = [8086, 8087];

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-demo-test-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const holdPort = async (port: number): Promise<Server> => {
  const server = createServer((socket) => socket.destroy()).listen(port);
  await once(server, 'listening').catch(() => {
    const owner = spawnSync('ss', ['-ltnpH', `sport = :${port}`], { encoding: 'utf8' }).stdout;
    assert.fail(
      `port ${port} has to be free for the test of the demo, but on this machine it is in use: ${owner}`,
    );
  });
  return server;
};

/** Starts the demo as a terminal does, in a process group of its own, and waits for its greeting. */
const startDemo = async (t: TestContext): Promise<{ child: ChildProcess; printed: () => string }> => {
  const [program, args] = mortal([process.execPath, launcher, 'start']);
  const child = spawn(program, args, {
    cwd: folder,
    env: childEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid!, 'SIGKILL');
    await once(child, 'close');
  });
  let text = '';
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const listen = (chunk: string): void => {
    text += chunk;
    if (text.includes('Ctrl-C')) resolve(undefined);
  };
  child.stdout.setEncoding('utf8').on('data', listen);
  child.stderr.setEncoding('utf8').on('data', listen);
  child.once('close', () => reject(new Error(`the demo ended:\n${text}`)));
  await promise;
  return { child, printed: () => text };
};

describe('the demo', () => {
  before(async () => {
    for (const port of SECONDARY_PORTS) (await holdPort(port)).close();
  });

  test('prints each URL, sends visitors to both samples, and Ctrl-C ends everything', async (t) => {
    const { child, printed } = await startDemo(t);
    const urls = [...new Set(printed().match(/http:\/\/[^\s"]+/g))];
    const port = urls.some((url) => /^http:\/\/localhost\/?$/.test(url)) ? 80 : 8080;
    if (port === 8080) assert.match(printed(), /\b80\b.*(taken|may not)/, 'it says why it is not port 80');
    for (const wanted of ['http://localhost:8086/', 'http://localhost:8087/', '8079']) {
      assert.ok(
        urls.some((url) => url.includes(wanted)),
        `${wanted} is not among ${urls.join(' ')}`,
      );
    }
    for (const url of urls) {
      const { status } = await fetch(url, { redirect: 'manual' });
      assert.ok([200, 302].includes(status), `${url} answers ${status}`);
    }

    const seen = new Set<string>();
    for (let n = 0; n < 40 && seen.size < 2; n += 1) {
      const reply = await askRaw(port, requestText('GET /some/where?x=y', { Host: 'localhost' }));
      const location = reply.header('location') ?? '';
      assert.match(location, /^http:\/\/localhost:808[67]\/some\/where\?x=y$/);
      seen.add(location);
    }
    assert.equal(seen.size, 2);
    for (const location of seen) {
      const page = await (await fetch(location)).text();
      assert.match(page, new RegExp(`web${new URL(location).port}`));
      assert.match(page, /\/some\/where/);
    }

    // Whoever stands in a folder without a config means the Usher that runs.
    const explained = await runUsher(['explain', '--path', '/x'], { cwd: folder });
    assert.match(explained.out, /^He is sent to web808[67] /, explained.err);
    const examined = await runUsher(['doctor'], { cwd: folder });
    assert.match(examined.out, /^In order$/m, examined.err);

    const config = /\/\S+\/usher\.json/.exec(printed())?.[0] ?? '';
    const admin = urls.find((url) => url.includes('8079')) ?? '';
    const etag = (await fetch(new URL('api/config', admin))).headers.get('etag') ?? '';
    const edited = await fetch(new URL('api/secondaries/web8087', admin), {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': etag },
      body: '{"state":"drain"}',
    });
    assert.equal(edited.status, 200, await edited.text());
    const written = readFileSync(config, 'utf8');
    assert.match(written, /\{ "port": 8087, "state": "drain" \}/);
    writeFileSync(config, written.replace('{ "port": 8087', '{ "prot": 8087'));
    const mistakes = async (): Promise<string> =>
      (await (await fetch(new URL('api/status', admin))).text()).replaceAll('\\"', '"');
    await until(async () => /usher\.json:11:\d+: .*"prot"/.test(await mistakes()));

    process.kill(-child.pid!, 'SIGINT');
    const [code] = await once(child, 'close');
    assert.equal(code, 0, printed());
    assert.equal(spawnSync('pgrep', ['--pgroup', String(child.pid)], { encoding: 'utf8' }).stdout, '');
    for (const each of SECONDARY_PORTS) (await holdPort(each)).close();
    assert.doesNotMatch(printed(), /"bug"|^\s+at /m);
    assert.deepEqual(readdirSync(folder), [], 'it left files in the folder');
    assert.ok(!existsSync(dirname(config)), 'it left its config');
  });

  test('says which port is taken, and what to do, where a sample cannot have its own', async () => {
    const holder = await holdPort(SECONDARY_PORTS[0]!);
    try {
      const { code, out, err } = await runUsher(['start'], { cwd: folder });
      assert.equal(code, 1, out + err);
      assert.match(err, /\b8086\b/);
      assert.match(err, /usher\.json|usher init/);
      assert.doesNotMatch(out + err, /^\s+at /m);
    } finally {
      holder.close();
    }
  });
});
