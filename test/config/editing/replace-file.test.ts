import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chown, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { replaceFile } from '../../../src/config/editing/replace-file.ts';
import { ActionableError } from '../../../src/errors.ts';
import { tempFolder } from '../temp-folder.ts';

test('a new file is written whole, for everybody to read', async (t) => {
  const folder = await tempFolder(t);
  await replaceFile(join(folder, 'new'), async () => 'text');
  assert.equal(await readFile(join(folder, 'new'), 'utf8'), 'text');
  assert.equal((await stat(join(folder, 'new'))).mode & 0o777, 0o644);
});

test('nothing to write leaves nothing behind', async (t) => {
  const folder = await tempFolder(t);
  await replaceFile(join(folder, 'new'), async () => undefined);
  assert.deepEqual(await readdir(folder), []);
});

test('a maker that fails leaves the old file and nothing else', async (t) => {
  const folder = await tempFolder(t);
  await writeFile(join(folder, 'file'), 'old');
  const failing = replaceFile(join(folder, 'file'), async () => {
    throw new RangeError('no');
  });
  await assert.rejects(failing, RangeError);
  assert.deepEqual(await readdir(folder), ['file']);
  assert.equal(await readFile(join(folder, 'file'), 'utf8'), 'old');
});

test('one who replaces waits for the other', async (t) => {
  const file = join(await tempFolder(t), 'count');
  await writeFile(file, '0');
  const addOne = () => replaceFile(file, async () => String(Number(await readFile(file, 'utf8')) + 1));
  await Promise.all(Array.from({ length: 10 }, addOne));
  assert.equal(await readFile(file, 'utf8'), '10');
});

test('readers meet the old content or the new one, never a part', async (t) => {
  const file = join(await tempFolder(t), 'file');
  const texts = ['a'.repeat(300_000), 'b'.repeat(300_000)];
  await writeFile(file, texts[0] ?? '');
  const done = new AbortController();
  const reading = (async () => {
    let reads = 0;
    while (!done.signal.aborted) {
      assert.ok(texts.includes(await readFile(file, 'utf8')));
      reads += 1;
    }
    return reads;
  })();
  for (let at = 1; at <= 30; at += 1) await replaceFile(file, async () => texts[at % 2] ?? '');
  done.abort();
  assert.ok((await reading) > 0);
});

test('a folder that is not there is told', async (t) => {
  const file = join(await tempFolder(t), 'none', 'usher.json');
  await assert.rejects(
    replaceFile(file, async () => 'x'),
    (error) => error instanceof ActionableError && /no folder/.test(error.message),
  );
});

test('a full disk leaves the old file and says so', async (t) => {
  const folder = await tempFolder(t);
  const script = fileURLToPath(new URL('on-full-disk.ts', import.meta.url));
  // in a name space of its own, so that the small disk is gone with the process
  const line = 'mount -t tmpfs -o size=64k tmpfs "$1" && exec "$2" "$3" "$1"';
  const run = spawnSync('unshare', ['-rm', 'sh', '-c', line, 'sh', folder, process.execPath, script]);
  if (run.error !== undefined || String(run.stderr).startsWith('unshare')) {
    t.skip(`no name space to be had: ${run.error?.message ?? String(run.stderr)}`);
    return;
  }
  assert.equal(String(run.stderr), '');
  const told = `${join(folder, 'usher.json')} cannot be written: the disk is full. It is as it was.`;
  assert.deepEqual(JSON.parse(String(run.stdout)), {
    large: { told, text: 'old', names: ['usher.json'] },
    full: { told, text: 'old', names: ['usher.json', 'zeros'] },
    roomy: { told: 'nothing', text: 'new', names: ['usher.json'] },
  });
});

test('a file that is mounted by itself is told as such, and is as it was', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'usher.json');
  await writeFile(join(folder, 'elsewhere'), 'old');
  await writeFile(file, '');
  const replace = `
    const { replaceFile } = await import(process.argv[1]);
    await replaceFile(process.argv[2], async () => 'new').catch(({ message, remedy }) => console.log(message, remedy));`;
  const line =
    'mount --bind "$1/elsewhere" "$1/usher.json" && exec "$2" --input-type=module -e "$3" "$4" "$1/usher.json"';
  const module = new URL('../../../src/config/editing/replace-file.ts', import.meta.url).href;
  const words = ['sh', folder, process.execPath, replace, module];
  const run = spawnSync('unshare', ['-rm', 'sh', '-c', line, ...words]);
  if (run.error !== undefined || String(run.stderr).startsWith('unshare')) {
    t.skip(`no name space to be had: ${run.error?.message ?? String(run.stderr)}`);
    return;
  }
  assert.equal(String(run.stderr), '');
  assert.equal(
    String(run.stdout),
    `${file} cannot be written: it is mounted as a single file, which cannot be replaced as a whole. Mount its folder instead.\n`,
  );
  assert.equal(await readFile(join(folder, 'elsewhere'), 'utf8'), 'old');
  assert.deepEqual((await readdir(folder)).sort(), ['elsewhere', 'usher.json']);
});

test('a file keeps its owner', async (t) => {
  const file = join(await tempFolder(t), 'file');
  await writeFile(file, 'old');
  if (process.getuid?.() === 0) await chown(file, 12_345, 12_346);
  const before = await stat(file);
  await replaceFile(file, async () => 'new');
  const after = await stat(file);
  assert.deepEqual([after.uid, after.gid], [before.uid, before.gid]);
});

test('an edit that takes long is not disturbed: whoever is tired of waiting is told', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'file');
  await writeFile(file, 'old');
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
  const slow = replaceFile(file, async () => {
    begin(undefined);
    await ended;
    return 'slow';
  });
  await begun;
  await assert.rejects(
    replaceFile(file, () => Promise.resolve('quick')),
    /is being edited by somebody else/,
  );
  end(undefined);
  await slow;
  assert.equal(await readFile(file, 'utf8'), 'slow');
  assert.deepEqual(await readdir(folder), ['file']);
});

test('what an edit that was killed left behind is put aside, by one of many', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'file');
  await writeFile(file, '0');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await writeFile(join(folder, '.file.usher-edit'), JSON.stringify({ host: hostname(), pid }));
  const add = () => replaceFile(file, async () => String(Number(await readFile(file, 'utf8')) + 1));
  await Promise.all(Array.from({ length: 12 }, add));
  assert.equal(await readFile(file, 'utf8'), '12');
  assert.deepEqual(await readdir(folder), ['file']);
});

test('what a killed edit left is put aside too where another process has its number by now', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'file');
  await writeFile(file, 'old');
  const lock = join(folder, '.file.usher-edit');
  await writeFile(lock, JSON.stringify({ host: hostname(), pid: process.pid }));
  const longAgo = Date.now() / 1000 - 3600;
  await utimes(lock, longAgo, longAgo);
  for (let at = 1; at <= 50; at += 1)
    await writeFile(`${lock}.${hostname()}.${process.pid}.${at}`, 'half of it');
  await replaceFile(file, async () => 'new');
  assert.equal(await readFile(file, 'utf8'), 'new');
});

test('whoever lost the lock while he made it writes nothing', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'file');
  await writeFile(file, 'old');
  const lock = join(folder, '.file.usher-edit');
  const late = replaceFile(file, async () => {
    await writeFile(lock, 'of another');
    return 'late';
  });
  await assert.rejects(late, /is being edited by somebody else/);
  assert.equal(await readFile(file, 'utf8'), 'old');
  assert.equal(await readFile(lock, 'utf8'), 'of another');
});

test('what a person saves while it is made is what it is made of then', async (t) => {
  const file = join(await tempFolder(t), 'file');
  await writeFile(file, 'old');
  const made: string[] = [];
  await replaceFile(file, async () => {
    const text = await readFile(file, 'utf8');
    made.push(text);
    if (made.length === 1) await writeFile(file, 'saved');
    return `${text}, edited`;
  });
  assert.deepEqual(made, ['old', 'saved']);
  assert.equal(await readFile(file, 'utf8'), 'saved, edited');
});

test('a person who saves again and again is not overwritten: the edit is refused', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'file');
  await writeFile(file, '0');
  let saves = 0;
  const never = replaceFile(file, async () => {
    saves += 1;
    await writeFile(file, String(saves));
    return 'edited';
  });
  await assert.rejects(never, /is being edited by somebody else/);
  assert.equal(await readFile(file, 'utf8'), String(saves));
  assert.deepEqual(await readdir(folder), ['file']);
});
