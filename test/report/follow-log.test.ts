import assert from 'node:assert/strict';
import { appendFile, mkdir, rename, rmdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { followLog } from '../../src/report/follow-log.ts';
import { tempFolder } from '../real/program.ts';
import { realClock } from '../wire/wire-of.ts';

/** A log that is followed, and what was read of it. */
const start = async (t: TestContext, content = 'before\n') => {
  const { folder, remove } = await tempFolder({ 'access.log': content });
  t.after(remove);
  const path = join(folder, 'access.log');
  const lines: string[] = [];
  const instants: number[] = [];
  let skewMs = 0;
  let look = (): void => undefined;
  const log = await followLog({
    path,
    clock: { ...realClock, now: () => realClock.now() + skewMs },
    onLine: (line, at) => {
      lines.push(line);
      instants.push(at);
      look();
    },
  });
  t.after(log.stop);
  /** Ends once a line came that fits. */
  const seen = (last: string): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (lines.at(-1) === last) resolve();
      };
      look();
    });
  return { path, folder, lines, instants, log, seen, pass: (ms: number) => void (skewMs += ms) };
};

test('a log is followed from its end, line by whole line', async (t) => {
  const { path, lines, instants, seen } = await start(t, 'before\nhalf ');
  await appendFile(path, 'a line\none\ntw');
  await seen('one');
  await appendFile(path, 'o\n');
  await seen('two');
  assert.deepEqual(lines, ['a line', 'one', 'two']);
  assert.deepEqual(
    instants,
    [...instants].sort((one, other) => one - other),
  );
  assert.ok(Math.max(...instants) <= realClock.now());
});

test('a log that is put aside is followed into the next one, and the old one for a while', async (t) => {
  const { path, lines, seen } = await start(t);
  await appendFile(path, 'one\n');
  await rename(path, `${path}.1`);
  await writeFile(path, 'three\n');
  await appendFile(`${path}.1`, 'two\n');
  await seen('three');
  await appendFile(`${path}.1`, 'four\n');
  await seen('four');
  await appendFile(path, 'five\n');
  await seen('five');
  assert.deepEqual(lines, ['one', 'two', 'three', 'four', 'five']);
});

test('lines that came together were written since the last look, also while the old log is still read', async (t) => {
  const { path, instants, seen } = await start(t);
  await rename(path, `${path}.1`);
  await writeFile(path, 'turned\n');
  await seen('turned');
  instants.length = 0;
  await appendFile(path, `${'one of many\n'.repeat(20)}last\n`);
  await seen('last');
  assert.equal(instants.length, 21);
  assert.deepEqual(
    instants,
    [...instants].sort((one, other) => one - other),
  );
  const [first = 0] = instants;
  const spanMs = (instants.at(-1) ?? 0) - first;
  assert.ok(spanMs > 10, `within ${spanMs} ms, and looks are 25 ms apart`);
});

test('a log that is cut is read from its beginning', async (t) => {
  const { path, lines, seen } = await start(t, 'a long line that was there before\n');
  await appendFile(path, 'one\nhalf');
  await seen('one');
  await truncate(path);
  await appendFile(path, 'two\n');
  await seen('two');
  assert.deepEqual(lines, ['one', 'two']);
});

test('a log that is away for a moment is no trouble, one that vanished is told, and found again', async (t) => {
  const { path, lines, log, seen, pass } = await start(t);
  await rename(path, `${path}.1`);
  await appendFile(`${path}.1`, 'one\n');
  await seen('one');
  assert.equal(log.trouble(), undefined);
  await rm(`${path}.1`);
  while (log.trouble() === undefined) {
    pass(1_000);
    await setTimeout(30);
  }
  assert.equal(log.trouble(), 'there is no such file');
  await writeFile(path, 'back\n');
  pass(1_000);
  await seen('back');
  while (log.trouble() !== undefined) await setTimeout(10);
  assert.deepEqual(lines, ['one', 'back']);
});

test('a log that is found but cannot be read is trouble all the while, and read again once it can be', async (t) => {
  const { path, lines, log, seen, pass } = await start(t);
  await rename(path, `${path}.1`);
  await mkdir(path);
  // Each step is longer than what lies between two looks at the name, and twenty are longer than a log may be away.
  for (let step = 0; step < 40 && log.trouble() === undefined; step += 1) {
    pass(1_000);
    await setTimeout(60);
  }
  assert.equal(log.trouble(), 'it is no file');
  await rmdir(path);
  await writeFile(path, 'back\n');
  pass(1_000);
  await seen('back');
  while (log.trouble() !== undefined) await setTimeout(10);
  assert.deepEqual(lines, ['back']);
});

test('a line without an end does not fill the memory', async (t) => {
  const { path, lines, seen } = await start(t);
  await appendFile(path, 'x'.repeat(3_000_000));
  await appendFile(path, '\nnext\n');
  await seen('next');
  assert.deepEqual(lines, ['next']);
});

test('a log that is not there, or is a folder, is refused with a sentence', async (t) => {
  const { folder, remove } = await tempFolder();
  t.after(remove);
  const follow = (path: string) => followLog({ path, clock: realClock, onLine: () => undefined });
  await assert.rejects(follow(join(folder, 'none')), {
    name: 'ActionableError',
    message: /there is no such file/,
  });
  await assert.rejects(follow(folder), { name: 'ActionableError', message: /it is no file/ });
});
