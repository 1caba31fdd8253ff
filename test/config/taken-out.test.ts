import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inForce, readInForce, readTakenOut } from '../../src/config/taken-out.ts';
import { secondary, settingsFor } from '../dashboard/pretend.ts';
import { tempFolder } from './temp-folder.ts';

test('the files of the folder are names, hidden ones are not, and no folder is none', async (t) => {
  const state = await tempFolder(t);
  assert.deepEqual(await readTakenOut(state), new Set());
  await mkdir(join(state, 'maintenance'));
  for (const name of ['web1', '.web2.swp', '__proto__'])
    await writeFile(join(state, 'maintenance', name), '');
  assert.deepEqual(await readTakenOut(state), new Set(['web1', '__proto__']));
  await rm(join(state, 'maintenance'), { recursive: true });
  await writeFile(join(state, 'maintenance'), 'a file');
  assert.deepEqual(await readTakenOut(state), new Set());
  assert.deepEqual(await readTakenOut('/nowhere/at/all'), new Set());
});

test('a folder that cannot be read says nothing, rather than nobody', async (t) => {
  const state = await tempFolder(t);
  assert.equal(await readTakenOut(`${state}/${'x'.repeat(300)}`), undefined);
});

test('whom a file names is in maintenance, the others are what the config says', () => {
  const settings = settingsFor([
    secondary('web1'),
    secondary('web2', { state: 'drain' }),
    secondary('web3', { state: 'drain' }),
  ]);
  const states = (names: readonly string[]): readonly string[] =>
    inForce(settings, { names: new Set(names), wallMs: 0 }).secondaries.map(({ state }) => state);
  assert.deepEqual(states(['web1', 'web2', 'nobody']), ['maintenance', 'maintenance', 'drain']);
  assert.equal(inForce(settings, { names: new Set(['nobody']), wallMs: 0 }), settings);
});

test('a state is over at its end, and a file counts all the same', async (t) => {
  const stateFolder = await tempFolder(t);
  await mkdir(join(stateFolder, 'maintenance'));
  await writeFile(join(stateFolder, 'maintenance', 'web3'), '');
  const ends = { state: 'maintenance', untilAt: 1000 } as const;
  const listed = [
    secondary('web1', ends),
    secondary('web2', { ...ends, untilAt: 1001 }),
    secondary('web3', ends),
  ];
  const settings = { ...settingsFor(listed), stateFolder };
  const { secondaries } = await readInForce(settings, 1000);
  assert.deepEqual(
    secondaries.map(({ state, untilAt }) => [state, untilAt]),
    [
      ['ready', undefined],
      ['maintenance', 1001],
      ['maintenance', undefined],
    ],
  );
});
