import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { DiffLine } from '../../src/config/editing/diff.ts';
import type { Status } from '../../src/dashboard/status.ts';
import type { Foreseen } from '../../src/doors/why/foresee.ts';
import type { Brief, Why } from '../../src/doors/why/why.ts';
import { startSecondary } from './secondary.ts';
import { startTwo } from './two.ts';
import { until } from './until.ts';
import { childEnv, launcher, startUsher } from './usher.ts';

const run = promisify(execFile);

/** The decision that an answer names. */
const visit = async (url: string, cookie = ''): Promise<{ id: string; cookie: string; to: string }> => {
  const { headers } = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
  return {
    id: headers.get('x-usher-decision') ?? '',
    cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '',
    to: headers.get('x-usher')?.split(' ')[0] ?? '',
  };
};

test('whom a visitor would be sent to is told by the Usher that runs, which knows whom it sent where', async (t) => {
  const secondaries = [await startSecondary('1'), await startSecondary('2')];
  const usher = await startUsher({
    config: {
      policy: 'round-robin',
      threads: 2,
      secondaries: secondaries.map(({ port }, at) => ({ id: `web${at}`, port })),
    },
  });
  t.after(usher.stop);
  await usher.event('health-changed', { fits: ({ to }) => to === 'up' });
  const explain = async (...where: readonly string[]) => {
    const args = [launcher, 'explain', '--json', ...where];
    const { stdout } = await run(process.execPath, args, { env: childEnv(), cwd: usher.folder });
    return JSON.parse(stdout) as { readonly secondary: string; readonly known: string };
  };
  const admin = ['--admin', usher.adminUrl];
  for (let turn = 0; turn < 3; turn += 1) {
    const { secondary, known } = await explain(...admin);
    assert.match(known, /^to the Usher that runs/);
    const { headers } = await fetch(`${usher.url}/x`, { redirect: 'manual' });
    const { port } = secondaries[Number(secondary.slice(3))] ?? {};
    assert.equal(new URL(headers.get('location') ?? '').port, String(port));
  }
});

test('each decision can be asked for by its id, tells who there was, and is the same when it is made again', async (t) => {
  const [one, two] = [await startSecondary('1'), await startSecondary('2')];
  const usher = await startUsher({
    config: {
      debug: true,
      threads: 2,
      secondaries: [
        { id: 'one', port: one.port, weight: 2 },
        { id: 'two', port: two.port },
      ],
    },
  });
  t.after(usher.stop);
  await usher.event('health-changed', { fits: ({ to }) => to === 'up' });

  const first = await visit(`${usher.url}/a`);
  const back = await visit(`${usher.url}/b`, first.cookie);
  for (let more = 0; more < 20; more += 1) {
    await visit(`${usher.url}/c`);
    await visit(`${usher.url}/index.html`);
  }
  const ask = async (id: string): Promise<Why> =>
    (await fetch(new URL(`/api/why/${id}`, usher.adminUrl))).json() as Promise<Why>;

  const kept = await ask(back.id);
  assert.deepEqual([kept.decision, kept.secondary], ['kept', first.to]);
  const latest = (await (await fetch(new URL('/api/why', usher.adminUrl))).json()) as readonly Brief[];
  assert.equal(latest.length, 42);
  for (const { id, secondary } of latest) {
    const why = await ask(id);
    assert.equal(why.secondary, secondary);
    assert.deepEqual(why.again, { secondary, isSame: true }, JSON.stringify(why));
    assert.deepEqual(
      why.secondaries.map(({ id: each }) => each),
      ['one', 'two'],
    );
  }
  const byBalance = await ask(first.id);
  assert.ok(byBalance.secondaries.every(({ score }) => score !== undefined));

  const { stdout } = await run(
    process.execPath,
    [launcher, 'explain', '--id', first.id, '--admin', usher.adminUrl],
    { env: childEnv() },
  );
  assert.match(stdout, new RegExp(`^${first.to} was chosen by balance\\.`));
  assert.match(stdout, /^again +the same$/m);
  const page = await (await fetch(new URL(`/why/${first.id}`, usher.adminUrl))).text();
  assert.ok(page.includes(`Why ${first.to}?`), page);

  await assert.rejects(
    run(process.execPath, [launcher, 'explain', '--id', 'other-1', '--admin', usher.adminUrl], {
      env: childEnv(),
    }),
    /none of the last decisions/,
  );
  assert.equal((await fetch(new URL('/why/other-1', usher.adminUrl))).status, 404);
});

test('why a secondary is down stands on its own page, with the evidence', async (t) => {
  const { two, usher } = await startTwo(t, { checks: { every: '500ms' } });
  await two.down();
  await usher.event('health-changed', { fits: ({ secondary, to }) => secondary === 'two' && to === 'down' });
  const text = async (path: string): Promise<string> => (await fetch(new URL(path, usher.adminUrl))).text();
  await until(async () => (await text('/secondary/two')).includes('ECONNREFUSED'));
  const page = await text('/secondary/two');
  assert.ok(page.includes('two is down'), page);
  assert.ok((await text('/ohno')).includes('two is down, was up'));
  assert.equal((await fetch(new URL('/secondary/nobody', usher.adminUrl))).status, 404);
});

test('before an edit counts, the admin door tells the lines, the shares and who would move, and writes nothing', async (t) => {
  const { usher } = await startTwo(t);
  for (let more = 0; more < 120; more += 1) await visit(`${usher.url}/`);
  const counted = async (): Promise<number> => {
    const { visits } = (await (await fetch(new URL('/api/status', usher.adminUrl))).json()) as Status;
    return visits.chosen;
  };
  await until(async () => (await counted()) === 120);
  const before = readFileSync(usher.configFile, 'utf8');
  const ask = async (method: string, path: string, body: object) => {
    const response = await fetch(new URL(`/api/secondaries${path}?dry-run`, usher.adminUrl), {
      method,
      headers: { 'Content-Type': 'application/json', 'If-Match': '*' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { foreseen: Foreseen; diff: readonly DiffLine[] };
  };
  // Who is bound is counted once a second.
  await until(async () => (await ask('PATCH', '/two', { state: 'drain' })).foreseen.bound === 120, 15_000);
  const out = await ask('PATCH', '/two', { state: 'maintenance' });
  assert.equal(out.foreseen.visits, 120);
  const shareOf = ({ foreseen }: { foreseen: Foreseen }, id: string) =>
    foreseen.shares.find((each) => each.id === id) ?? { id };
  assert.deepEqual(shareOf(out, 'two').after, 0);
  assert.deepEqual(shareOf(out, 'one').after, 1);
  assert.ok(out.foreseen.moving > 0 && out.foreseen.moving < out.foreseen.bound);
  assert.ok(out.diff.some(({ is, text }) => is === 'in' && text.includes('maintenance')));
  const drained = await ask('PATCH', '/two', { state: 'drain' });
  assert.deepEqual([shareOf(drained, 'two').after, drained.foreseen.moving], [0, 0]);
  const added = await ask('POST', '', { id: 'three', port: 10_999, weight: 2 });
  assert.equal(shareOf(added, 'three').before, undefined);
  assert.ok((shareOf(added, 'three').after ?? 0) > 0.3, JSON.stringify(added.foreseen));
  assert.equal(readFileSync(usher.configFile, 'utf8'), before);
});
