import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test, { type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createServer } from 'node:net';
import { fileSource } from '../../src/mergelogs/file-source.ts';
import { laneSize } from '../../src/mergelogs/size.ts';
import type { Source } from '../../src/mergelogs/source.ts';
import { streamSource } from '../../src/mergelogs/stream-source.ts';
import { output, tempFolder } from '../real/program.ts';
import { logLine, merged } from './sources.ts';

const START = 1_760_000_000;

const LOG = Array.from({ length: 20_000 }, (_, at) => `${logLine(START + at, `page${at}`)}\n`).join('');

const folderOf = async (
  t: TestContext,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<string> => {
  const { folder, remove } = await tempFolder(files);
  t.after(remove);
  return folder;
};

const read = (source: Source) => merged([source], { size: laneSize(1) });

test('a gzip file is read like the plain one, whatever it is called', async (t) => {
  const folder = await folderOf(t, { 'access.log': LOG, 'access.log.1': gzipSync(LOG) });
  for (const name of ['access.log', 'access.log.1']) {
    const { text, count } = await read(fileSource(join(folder, name)));
    assert.equal(text, LOG);
    assert.equal(count.files[0]?.error, undefined);
  }
});

test('a gzip file of several parts, as logs that were appended to, is read to its end', async (t) => {
  const half = LOG.indexOf('\n', LOG.length / 2) + 1;
  const parts = [gzipSync(LOG.slice(0, half)), gzipSync(LOG.slice(half))];
  const folder = await folderOf(t, {
    'two.gz': Buffer.concat(parts),
    'padded.gz': Buffer.concat([...parts, Buffer.alloc(512)]),
  });
  for (const name of ['two.gz', 'padded.gz']) {
    const { text, count } = await read(fileSource(join(folder, name)));
    assert.equal(count.files[0]?.error, undefined, name);
    assert.equal(text, LOG, name);
  }
});

test('of a truncated gzip file all whole lines are kept, and its end is told', async (t) => {
  const packed = gzipSync(LOG);
  const folder = await folderOf(t, { 'cut.gz': packed.subarray(0, packed.length / 2) });
  const { text, count } = await read(fileSource(join(folder, 'cut.gz')));
  const known = await output(['sh', '-c', `gunzip -c ${join(folder, 'cut.gz')} 2>/dev/null || true`]);
  assert.ok(LOG.startsWith(text) && text.length > LOG.length / 4);
  // what gunzip itself can make of it
  assert.equal(text, known.slice(0, known.lastIndexOf('\n') + 1));
  assert.match(count.files[0]?.error ?? '', /ends too early/);
  assert.equal(count.files[0]?.unread, 1);
});

test('a gzip file that is damaged gives what stands before the damage', async (t) => {
  const packed = Buffer.from(gzipSync(LOG));
  packed.fill(0xff, packed.length / 2, packed.length / 2 + 64);
  const folder = await folderOf(t, { 'damaged.gz': packed });
  const { text, count } = await read(fileSource(join(folder, 'damaged.gz')));
  assert.ok(LOG.startsWith(text.slice(0, 100_000)) && text.length > 100_000);
  assert.notEqual(count.files[0]?.error, undefined);
});

test('a gzip file that unpacks to a thousand times its size is read piece by piece', async () => {
  const line = `${logLine(START, 'a'.repeat(900_000))}\n`;
  const packed = gzipSync(line.repeat(40));
  assert.ok(packed.length < 50_000);
  const { count } = await read(streamSource('-', Readable.from([packed])));
  assert.deepEqual([count.lines, count.bytes], [40, 40 * line.length]);
});

test('standard input is read plain or gzip, in whatever pieces it comes', async (t) => {
  const folder = await folderOf(t, { 'access.log': LOG });
  const small = LOG.slice(0, LOG.indexOf('\n', 2_000) + 1);
  const bytewise = (bytes: Buffer): Readable =>
    Readable.from(Array.from(bytes, (byte) => Buffer.from([byte])));
  assert.equal((await read(streamSource('-', createReadStream(join(folder, 'access.log'))))).text, LOG);
  assert.equal((await read(streamSource('-', bytewise(Buffer.from(small))))).text, small);
  assert.equal((await read(streamSource('-', bytewise(gzipSync(small))))).text, small);
  assert.equal((await read(streamSource('-', Readable.from([])))).text, '');
});

test('a named pipe is read like a file', async (t) => {
  const folder = await folderOf(t, {});
  const pipe = join(folder, 'pipe');
  await output(['mkfifo', pipe]);
  const [{ text }] = await Promise.all([
    read(fileSource(pipe)),
    output(['sh', '-c', `printf '%s\\n' '${logLine(START, 'a')}' > ${pipe}`]),
  ]);
  assert.equal(text, `${logLine(START, 'a')}\n`);
});

test('a log that is missing, a folder or a socket is told, and the others are read', async (t) => {
  const folder = await folderOf(t, { 'access.log': LOG });
  await mkdir(join(folder, 'folder'));
  const server = createServer().listen(join(folder, 'socket'));
  await once(server, 'listening');
  t.after(() => server.close());
  const sources = ['missing', 'folder', 'access.log', 'socket'].map((name) =>
    fileSource(join(folder, name), name),
  );
  const { text, count } = await merged(sources, { size: laneSize(3) });
  assert.equal(text, LOG);
  const [missing = '', isFolder = '', none, socket = ''] = count.files.map(({ error }) => error);
  assert.match(missing, /no such file/);
  assert.match(isFolder, /folder/);
  assert.equal(none, undefined);
  assert.notEqual(socket, '');
});

test('lines that end with CRLF, and a last one without an end, come out as they are', async () => {
  const log = `${logLine(START, 'a')}\r\n${logLine(START + 1, 'b')}`;
  assert.equal((await read(streamSource('-', Readable.from([Buffer.from(log)])))).text, `${log}\n`);
});
