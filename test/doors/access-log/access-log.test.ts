import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createAccessLog } from '../../../src/doors/access-log/access-log.ts';
import type { Event, Journal } from '../../../src/journal.ts';
import type { WriterOrder } from './access-writer.ts';
import { visitTo } from './visit-facts.ts';

const folder = mkdtempSync(join(tmpdir(), 'usher-access-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** URLs of the lines of a file. */
const urlsIn = (path: string): readonly string[] =>
  readFileSync(path, 'latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => /^203\.0\.113\.9 - - \[[^\]]+\] "GET (\S+) HTTP/.exec(line)?.[1] ?? `torn: ${line}`);

/** A journal that keeps what it is told, and can be waited for. */
const listen = () => {
  const told: Event[] = [];
  const waiting = new Map<string, () => void>();
  const journal: Journal = (event) => {
    told.push(event);
    waiting.get(event.type)?.();
  };
  const heard = async (type: Event['type']): Promise<void> => {
    if (told.some((event) => event.type === type)) return;
    await new Promise<void>((resolve) => waiting.set(type, resolve));
  };
  return { told, journal, heard };
};

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await wait(5);
};

describe('access log', () => {
  it('writes lines in their order, behind what the file holds', async () => {
    const path = join(folder, 'order.log');
    const { told, journal } = listen();
    for (const round of ['a', 'b']) {
      const log = createAccessLog({ path, journal });
      for (let nth = 0; nth < 3_000; nth++) log.write(visitTo(`/${round}${nth}`));
      await log.close();
    }
    const expected = ['a', 'b'].flatMap((round) =>
      Array.from({ length: 3_000 }, (_, nth) => `/${round}${nth}`),
    );
    assert.deepEqual(urlsIn(path), expected);
    assert.deepEqual(told, []);
  });

  it('writes a lonely line soon, without being closed', async () => {
    const path = join(folder, 'lonely.log');
    const log = createAccessLog({ path, journal: listen().journal });
    await until(() => readable(path));
    log.write(visitTo('/lonely'));
    await until(() => urlsIn(path).length === 1);
    await log.close();
    assert.deepEqual(urlsIn(path), ['/lonely']);
  });

  it('keeps lines whole while several threads write one file', async () => {
    const path = join(folder, 'threads.log');
    const writers = [1, 2, 3].map((thread) => {
      const workerData: WriterOrder = { path, thread, lines: 2_000 };
      return new Worker(new URL('./access-writer.ts', import.meta.url), { workerData });
    });
    await Promise.all(writers.map((writer) => once(writer, 'exit')));
    const lines = readFileSync(path, 'latin1').split('\n').slice(0, -1);
    assert.equal(lines.length, 6_000);
    for (const thread of [1, 2, 3]) {
      const own = lines.filter((line) => line.startsWith(`10.0.0.${thread} `));
      own.forEach((line, nth) => {
        assert.ok(line.includes(`"GET /${nth}/${'x'.repeat((nth * 37) % 1_500)} HTTP/1.1"`), line);
        assert.ok(line.endsWith(' usher=web1 reason=random'), line);
      });
      assert.equal(own.length, 2_000);
    }
  });

  it('goes on in a new file after the old one was moved away', async () => {
    const path = join(folder, 'rotated.log');
    const log = createAccessLog({ path, journal: listen().journal });
    await until(() => readable(path));
    log.write(visitTo('/before'));
    await until(() => urlsIn(path).length === 1);
    renameSync(path, `${path}.1`);
    log.reopen();
    await until(() => readable(path)); // at once, before anybody comes
    log.write(visitTo('/after'));
    await log.close();
    assert.deepEqual(urlsIn(`${path}.1`), ['/before']);
    assert.deepEqual(urlsIn(path), ['/after']);
  });

  it('counts what a full disk loses, tells it once, and goes on', async () => {
    const { told, journal, heard } = listen();
    const log = createAccessLog({ path: '/dev/full', journal });
    for (let nth = 0; nth < 1_000; nth++) log.write(visitTo(`/${nth}`));
    await heard('access-log-failed');
    for (let nth = 0; nth < 1_000; nth++) log.write(visitTo(`/${nth}`));
    await log.close();
    assert.equal(told.length, 2);
    assert.match(JSON.stringify(told[0]), /ENOSPC/);
    assert.deepEqual(told[1], { type: 'access-log-closed', file: '/dev/full', lost: 2_000 });
  });

  it('loses nothing to a folder that is missing for a while, and tells when it is over', async () => {
    const path = join(folder, 'late', 'access.log');
    const { told, journal, heard } = listen();
    const log = createAccessLog({ path, journal });
    log.write(visitTo('/early'));
    await heard('access-log-failed');
    await mkdir(join(folder, 'late'));
    await heard('access-log-recovered');
    await log.close();
    assert.deepEqual(urlsIn(path), ['/early']);
    assert.deepEqual(
      told.map(({ type }) => type),
      ['access-log-failed', 'access-log-recovered'],
    );
    assert.deepEqual(told[1], { type: 'access-log-recovered', file: path, lost: 0 });
  });

  it('tells that a file is written again only when it is', async () => {
    const path = join(folder, 'away', 'access.log');
    const { told, journal, heard } = listen();
    const log = createAccessLog({ path, journal });
    await heard('access-log-failed');
    await log.close();
    assert.deepEqual(
      told.map(({ type }) => type),
      ['access-log-failed'],
    );
    const idle = listen();
    const other = createAccessLog({ path, journal: idle.journal });
    await idle.heard('access-log-failed');
    await mkdir(join(folder, 'away'));
    await idle.heard('access-log-recovered'); // without a visitor
    await other.close();
  });

  it('takes a folder in its place for a failure, not for a crash', async () => {
    const { told, journal } = listen();
    const log = createAccessLog({ path: folder, journal });
    log.write(visitTo('/'));
    await log.close();
    assert.match(JSON.stringify(told), /EISDIR/);
    assert.deepEqual(told.slice(1), [{ type: 'access-log-closed', file: folder, lost: 1 }]);
  });

  it('does not wait for ever for a pipe that nobody opens', async () => {
    const path = join(folder, 'nobody.pipe');
    execFileSync('mkfifo', [path]);
    const { told, journal } = listen();
    const log = createAccessLog({ path, journal });
    log.write(visitTo('/'));
    await log.close();
    assert.match(JSON.stringify(told), /ENXIO/);
    assert.deepEqual(told.slice(1), [{ type: 'access-log-closed', file: path, lost: 1 }]);
  });

  it('keeps at most 4 MiB for a reader that has stopped reading, and counts the rest as lost', async () => {
    const path = join(folder, 'stuck.pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { told, journal } = listen();
    const log = createAccessLog({ path, journal });
    const lines = 8_000;
    const lineBytes = 2_000;
    for (let nth = 0; nth < lines; nth++) {
      log.write(visitTo(`/${'x'.repeat(lineBytes - 100)}`));
      if (nth % 500 === 0) await new Promise(setImmediate);
    }
    const read = Buffer.alloc(64 * 1024);
    await until(() => {
      readSome(reader, read);
      return told.some(({ type }) => type === 'access-log-recovered');
    });
    await log.close();
    const [, recovered] = told;
    assert.ok(recovered?.type === 'access-log-recovered');
    const keptBytes = (lines - recovered.lost) * lineBytes;
    assert.ok(keptBytes > 3.5 * 1024 * 1024 && keptBytes < 4.5 * 1024 * 1024, String(keptBytes));
    assert.deepEqual(
      told.map(({ type }) => type),
      ['access-log-failed', 'access-log-recovered'],
    );
    closeSync(reader);
  });

  it('begins a line that broke off anew, on a line of its own', async () => {
    const path = join(folder, 'small.pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const filler = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    writeSync(filler, `${' '.repeat(4_095)}\n`); // so that the first 64 KiB do not go in whole
    const log = createAccessLog({ path, journal: listen().journal });
    for (let nth = 0; nth < 200; nth++) log.write(visitTo(`/${nth}/${'x'.repeat(700)}`));
    await wait(150); // nobody says when a pipe is full
    let text = '';
    const read = Buffer.alloc(16 * 1024);
    await until(() => {
      text += readSome(reader, read);
      return / "GET \/199\/.*\n/.test(text);
    });
    await log.close();
    for (const pipe of [reader, filler]) closeSync(pipe);
    const [, ...lines] = text.split('\n').slice(0, -1);
    const isWhole = (line: string): boolean => line.endsWith(' reason=random');
    assert.deepEqual(
      lines.filter(isWhole).map((line) => /"GET \/(\d+)\//.exec(line)?.[1]),
      Array.from({ length: 200 }, (_, nth) => String(nth)),
    );
    assert.ok(!lines.every(isWhole), 'the pipe was never full');
    lines.forEach((line, at) => {
      if (!isWhole(line)) assert.ok(lines[at + 1]?.startsWith(line), line);
    });
  });

  it('writes to standard output', () => {
    const script = `
      const { createAccessLog } = await import(${JSON.stringify(new URL('../../../src/doors/access-log/access-log.ts', import.meta.url).href)});
      const log = createAccessLog({ path: '-', journal: () => {} });
      for (let nth = 0; nth < 500; nth++) log.write({ ...${JSON.stringify(visitTo('/'))}, url: '/' + nth });
      await log.close();`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'latin1',
    });
    const lines = output.split('\n').slice(0, -1);
    assert.equal(lines.length, 500);
    lines.forEach((line, nth) => {
      assert.ok(line.includes(`"GET /${nth} HTTP/1.1" 302`), line);
    });
  });
});

const readable = (path: string): boolean => {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
};

/** What a pipe holds now. */
const readSome = (pipe: number, into: Buffer): string => {
  try {
    return into.toString('latin1', 0, readSync(pipe, into));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return '';
    throw error;
  }
};
