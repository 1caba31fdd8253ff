import assert from 'node:assert/strict';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeFolder } from '../../src/stores/make-folder.ts';
import { makeFolder as temporary } from './folder-for.ts';

describe('makeFolder', () => {
  it('makes a folder with all that are missing above it, also for several at once', async () => {
    const folder = join(temporary(), 'a', 'b', 'c');
    await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(join(folder, 'd'))]);
    assert.ok(statSync(join(folder, 'd')).isDirectory());
  });

  it('takes a folder that is there, itself or by a symbolic link', async () => {
    const folder = temporary();
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    await makeFolder(join(folder, 'real'));
    await makeFolder(join(folder, 'link'));
    await makeFolder('/');
  });

  // Node's own recursive mkdir goes round in circles there and keeps a core busy until it is killed.
  it('comes to an end below /proc, where nothing can be made', async () => {
    await assert.rejects(makeFolder('/proc/x/y'), { code: 'ENOENT' });
  });

  it('names what stands in the way', async () => {
    const folder = temporary();
    const file = join(folder, 'file');
    const link = join(folder, 'link');
    writeFileSync(file, '');
    symlinkSync('nowhere', link);
    for (const path of [file, join(file, 'state'), join(file, 'deep', 'state')]) {
      await assert.rejects(makeFolder(path), { code: 'ENOTDIR', message: `${file} is a file, not a folder` });
    }
    const message = `${link} is a symbolic link that leads nowhere`;
    await assert.rejects(makeFolder(link), { code: 'ENOTDIR', message });
  });
});
