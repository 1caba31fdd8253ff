import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ActionableError } from '../../src/errors.ts';
import { readSecrets } from '../../src/stores/secret.ts';
import { makeFolder } from './folder-for.ts';

const sentence = (what: RegExp, remedy: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ActionableError, String(error));
  assert.match(error.message, what);
  assert.match(error.remedy, remedy);
  return true;
};

describe('readSecrets', () => {
  it('makes one key that only its user may read, the same for all who come at once', async () => {
    const folder = join(makeFolder(), 'deep', 'state');
    const all = await Promise.all([1, 2, 3].map(() => readSecrets(folder)));
    const [first = []] = all;
    assert.equal(first.length, 1);
    assert.equal(first[0]?.length, 32);
    assert.deepEqual(all[1], first);
    assert.deepEqual(all[2], first);
    assert.equal(statSync(join(folder, 'secret')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['secret']);
  });

  it('takes the rights of others away from a key that was copied carelessly', async () => {
    const folder = makeFolder();
    await readSecrets(folder);
    chmodSync(join(folder, 'secret'), 0o644);
    await readSecrets(folder);
    assert.equal(statSync(join(folder, 'secret')).mode & 0o777, 0o600);
  });

  it('says in a sentence why there can be no key', async () => {
    const file = join(makeFolder(), 'state');
    writeFileSync(file, '');
    await assert.rejects(readSecrets(file), sentence(/state is a file, not a folder/, /out of the way/));
    await assert.rejects(readSecrets('/proc/x'), sentence(/nobody make a folder there/, /another folder/));
    assert.ok(!existsSync('/proc/x'));

    const folder = makeFolder();
    mkdirSync(join(folder, 'secret'));
    await assert.rejects(readSecrets(folder), sentence(/secret: it is a folder, not a file/, /affinity/));
  });

  it('refuses what is no key', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'secret'), 'x\n');
    await assert.rejects(readSecrets(folder), sentence(/43 characters/, /remove the file/));
  });
});
