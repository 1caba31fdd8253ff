import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doctor } from '../../src/cli/doctor.ts';
import { runCommand } from '../cli/run-command.ts';
import { tempFolder } from '../real/program.ts';
import { about, diagnose } from './diagnose.ts';

const config = { secondaries: [{ port: 8086 }], checks: { from: 'cached', every: '2s', files: 'state' } };

const poolFile = (ids: readonly string[], writtenAt: number): { readonly text: string } => {
  const secondaries = Object.fromEntries(ids.map((id) => [id, { health: 'up' }]));
  return { text: JSON.stringify({ seq: 1, everyMs: 20_000, writtenAt, secondaries }) };
};
const siteFile = (ids: readonly string[]): { readonly text: string } => ({
  text: JSON.stringify({
    seq: 1,
    everyMs: 20_000,
    writtenAt: Date.now(),
    secondaries: Object.fromEntries(ids.map((id) => [id, {}])),
  }),
});

test('a secret that others can read is told with the command that mends it', async (t) => {
  const text = `${'a'.repeat(43)}\n`;
  const open = await diagnose(t, { config, files: { 'state/secret': { text, mode: 0o644 } } });
  const [finding] = about(open, 'secret');
  assert.equal(finding?.hurts, 'some');
  assert.match(finding.what, /\(mode 644\)/);
  assert.match(finding.remedy, /^chmod 600 /);
  const shut = await diagnose(t, { config, files: { 'state/secret': { text, mode: 0o600 } } });
  assert.ok(shut.fine.includes('secret: nobody else can read it'));
});

test('stale, foreign, broken and missing files of the worker are told, fresh ones are in order', async (t) => {
  const told = async (pingfile: { readonly text: string }) =>
    diagnose(t, { config, files: { 'state/pingfile': pingfile, 'state/sitefile': siteFile(['web8086']) } });
  const whatOf = async (pingfile: { readonly text: string }) => about(await told(pingfile), 'files')[0]?.what;
  assert.match(
    (await whatOf(poolFile(['web8086'], Date.now() - 600_000))) ?? '',
    /pingfile was last written \d+ seconds ago/,
  );
  assert.match((await whatOf(poolFile(['other'], Date.now()))) ?? '', /of another pool: it tells of other/);
  assert.match((await whatOf({ text: '{' })) ?? '', /pingfile cannot be used: /);
  const fresh = await told(poolFile(['web8086'], Date.now()));
  assert.ok(fresh.fine.includes('files: pingfile and sitefile are fresh and of this pool'));
  const missing = await diagnose(t, { config, files: { 'state/sitefile': siteFile(['web8086']) } });
  assert.match(about(missing, 'files')[0]?.what ?? '', /pingfile is not there/);
});

test('a port that browsers refuse is a mistake of the config, and wrong use is code 2', async (t) => {
  const { folder, remove } = await tempFolder({
    'usher.json': JSON.stringify({ secondaries: [{ port: 6666 }] }),
  });
  t.after(remove);
  const bad = await runCommand(doctor, [], { cwd: folder });
  assert.equal(bad.code, 1);
  assert.match(bad.err, /6666/);
  assert.equal((await runCommand(doctor, ['--loud'], { cwd: folder })).code, 2);
  assert.equal((await runCommand(doctor, ['--as', 'http://x y'], { cwd: folder })).code, 2);
});
