import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { followTakenOut } from '../../src/config/follow-taken-out.ts';
import { takenOutFolder } from '../../src/config/taken-out.ts';
import { secondary, settingsFor } from '../dashboard/pretend.ts';
import { tempFolder } from './temp-folder.ts';

test('a file can be touched there as soon as Usher runs', async (t) => {
  const settings = { ...settingsFor([secondary('web1')]), stateFolder: await tempFolder(t) };
  const followed = await followTakenOut(() => settings, { journal: () => undefined, wall: () => 0 });
  t.after(followed.stop);
  const changed = new Promise<void>((resolve) => {
    followed.start(resolve);
  });
  const file = join(takenOutFolder(settings.stateFolder), 'web1');
  const touch = async (): Promise<void> => writeFile(file, '').catch(touch);
  // The folder is made while others already go on.
  await touch();
  await changed;
  assert.equal(followed.apply(settings).secondaries[0]?.state, 'maintenance');
});
