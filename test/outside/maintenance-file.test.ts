import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Status } from '../../src/dashboard/status.ts';
import { startTwo } from './two.ts';
import { runUsher, startUsher } from './usher.ts';

test('a touched file takes a secondary out, whatever the config says, until it is removed', async () => {
  const usher = await startUsher({
    config: { checks: { from: 'none' }, secondaries: [{ port: 8086 }, { port: 8087 }] },
    prepare: (folder) => {
      mkdirSync(join(folder, 'state', 'maintenance'), { recursive: true });
      writeFileSync(join(folder, 'state', 'maintenance', 'web8086'), '');
    },
  });
  const file = (id: string): string => join(usher.folder, 'state', 'maintenance', id);
  const turned = (secondary: string, to: string, after: number) =>
    usher.event('state-changed', {
      fits: (event) => event.secondary === secondary && event.to === to,
      after,
    });
  const whereTo = async (): Promise<ReadonlySet<string>> => {
    const visits = Array.from({ length: 12 }, async () => {
      const { headers } = await fetch(usher.url, { redirect: 'manual' });
      return new URL(headers.get('location') ?? '').port;
    });
    return new Set(await Promise.all(visits));
  };
  // there before the start
  assert.deepEqual(await whereTo(), new Set(['8087']));

  // an edit of the config does not bring it back
  let after = usher.events.length;
  const told = await runUsher(['ready', 'web8086', '--config', usher.configFile]);
  assert.match(told.err, /maintenance\/web8086 is there: web8086 stays in maintenance until you remove it/);
  usher.edit({ checks: { from: 'none' }, secondaries: [{ port: 8086, weight: 5 }, { port: 8087 }] });
  await usher.event('config-loaded', { after });
  assert.deepEqual(await whereTo(), new Set(['8087']));

  after = usher.events.length;
  rmSync(file('web8086'));
  await turned('web8086', 'ready', after);
  writeFileSync(file('web8087'), '');
  await turned('web8087', 'maintenance', after);
  assert.deepEqual(await whereTo(), new Set(['8086']));
  const page = await (await fetch(usher.adminUrl)).text();
  assert.match(page, /data-f="state">maintenance</);
  assert.ok(page.includes(`takes nobody (${file('web8087')} is there)`), 'the dashboard names the file');

  writeFileSync(file('web807'), '');
  const typo = await usher.event('maintenance-file', { fits: ({ is }) => is === 'unknown' });
  assert.equal(typo.file, file('web807'));
  assert.deepEqual(
    usher.events.flatMap((event) => (event.type === 'maintenance-file' ? [[event.secondary, event.is]] : [])),
    [
      ['web8086', 'there'],
      ['web8086', 'gone'],
      ['web8087', 'there'],
      ['web807', 'unknown'],
    ],
  );
  await usher.stop();
});

test('maintenance with an end comes to it by itself, and stands with it in the table', async (t) => {
  const { usher } = await startTwo(t);
  const args = ['maintenance', 'two', '--for', '3s', '--config', usher.configFile];
  const { out } = await runUsher(args);
  assert.match(out, /^two takes no visitors until 20/);
  await usher.event('state-changed', {
    fits: ({ secondary, to }) => secondary === 'two' && to === 'maintenance',
  });
  const { secondaries } = (await (await fetch(new URL('/api/status', usher.adminUrl))).json()) as Status;
  assert.match(secondaries[1]?.passedOver?.detail ?? '', /^until 20.* UTC$/);
  const after = usher.events.length;
  await usher.event('state-changed', {
    fits: ({ secondary, to }) => secondary === 'two' && to === 'ready',
    withinMs: 15_000,
  });
  assert.equal(usher.events.slice(after).filter(({ type }) => type === 'config-refused').length, 0);

  // The next state has no end of its own: the old one goes.
  await runUsher(['drain', 'two', '--config', usher.configFile]);
  await usher.event('state-changed', { fits: ({ to }) => to === 'drain', after });
  assert.doesNotMatch(readFileSync(usher.configFile, 'utf8'), /until/);
});
