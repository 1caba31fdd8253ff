import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import fc from 'fast-check';
import { ActionableError } from '../../src/errors.ts';
import type { Standing } from '../../src/model/pool.ts';
import { parsePingfile, parseSitefile, pingfileInSlices } from '../../src/stores/parse-pool-file.ts';
import { createFileReader, readPoolFile } from '../../src/stores/read-pool-file.ts';
import { standingsOf } from '../../src/stores/standings-of.ts';
import { prepareFolder, writePoolFiles } from '../../src/stores/write-pool-files.ts';
import { snapshotOf, UP } from './pool-of.ts';
import { makeFolder } from './folder-for.ts';

const HEAD = {
  writer: 'test',
  epoch: 'one',
  everyMs: 2000,
  moment: { now: 50_000, wall: 1_700_000_000_000 },
};

const becauseOf = async (path: string): Promise<string> => {
  const read = await readPoolFile(path, parsePingfile);
  assert.ok(!read.ok);
  return read.because;
};

describe('writePoolFiles', () => {
  it('writes what a reader with other clocks reads back', async () => {
    const folder = makeFolder();
    const instant = fc.integer({ min: -1_000_000, max: 50_000 });
    const count = fc.integer({ min: 0, max: 1000 });
    const outcome = fc.oneof(
      fc.record({ ok: fc.constant(true as const), tookMs: count }, { noNullPrototype: true }),
      fc.constant({ ok: true as const, tookMs: 2, leaving: true as const }),
      fc.record(
        {
          ok: fc.constant(false as const),
          tookMs: count,
          failure: fc.constantFrom('refused' as const, 'timeout' as const),
          detail: fc.constantFrom('no answer', 'connect ECONNREFUSED 127.0.0.1:1'),
        },
        { noNullPrototype: true },
      ),
    );
    const verdict = fc.record(
      {
        health: fc.constantFrom('up' as const, 'down' as const),
        since: instant,
        passes: count,
        fails: count,
        flaps: count,
        warmingSince: instant,
      },
      { requiredKeys: ['health', 'since', 'passes', 'fails', 'flaps'] },
    );
    const report = fc.record(
      {
        running: count,
        busySeconds: count,
        weightShare: fc.constant(0.5),
        wish: fc.constant('drain' as const),
      },
      { requiredKeys: ['running'] },
    );
    await fc.assert(
      fc.asyncProperty(verdict, outcome, report, instant, async (given, seen, load, at) => {
        // A verdict of our own always tells how the run went that ends with its evidence.
        const run = seen.ok ? { passes: given.passes + 1, fails: 0 } : { passes: 0, fails: given.fails + 1 };
        const leaves = seen.ok && 'leaving' in seen;
        const asked = leaves ? { health: 'up' as const, leaving: true as const } : {};
        const standing: Standing = {
          id: 'web1',
          verdict: {
            ...given,
            ...run,
            ...asked,
            evidence: { secondary: 'web1', check: 'http', at, outcome: seen },
          },
          load: { at, ...load },
          loadFailure: 'garbage: no number',
        };
        assert.deepEqual(await writePoolFiles(folder, snapshotOf([standing]), { ...HEAD, seq: 7 }), {
          ok: true,
        });
        const ping = await readPoolFile(join(folder, 'pingfile'), parsePingfile);
        const site = await readPoolFile(join(folder, 'sitefile'), parseSitefile);
        assert.ok(ping.ok && site.ok);
        const firstSeenAt = 9_000;
        const later = firstSeenAt - HEAD.moment.now;
        const read = standingsOf(
          { file: ping.value, firstSeenAt },
          { file: site.value, firstSeenAt },
          { ids: ['web1'], before: new Map(), startedAt: 0 },
        ).get('web1');
        const { warmingSince } = given;
        assert.deepEqual(read, {
          ...standing,
          verdict: {
            ...standing.verdict,
            since: given.since + later,
            ...(warmingSince === undefined ? {} : { warmingSince: warmingSince + later }),
            evidence: { ...standing.verdict.evidence, at: at + later },
          },
          load: { ...load, at: at + later },
        });
      }),
      { numRuns: 50 },
    );
  });

  it('lets everybody read the files, whatever the umask, and leaves no draft', async () => {
    const folder = makeFolder();
    const before = process.umask(0o077);
    await writePoolFiles(folder, snapshotOf([{ id: 'web1', verdict: UP }]), { ...HEAD, seq: 1 });
    process.umask(before);
    assert.deepEqual(readdirSync(folder).toSorted(), ['pingfile', 'sitefile']);
    assert.equal(statSync(join(folder, 'pingfile')).mode & 0o777, 0o644);
    assert.equal(statSync(join(folder, 'sitefile')).mode & 0o777, 0o644);
  });

  it('leaves the old file whole and no draft when the disk takes no more', async () => {
    const folder = makeFolder();
    const few = snapshotOf([{ id: 'web1', verdict: UP }]);
    await writePoolFiles(folder, few, { ...HEAD, seq: 1 });
    const old = readFileSync(join(folder, 'pingfile'), 'utf8');
    const many = snapshotOf(
      Array.from({ length: 500 }, (_, index) => ({ id: `web${String(index)}`, verdict: UP })),
    );
    // No file of this process may grow beyond 4 KiB: what a full disk does, for an ordinary user too.
    const limit = (size: string): void => {
      execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${size}:unlimited`]);
    };
    limit('4096');
    const written = await writePoolFiles(folder, many, { ...HEAD, seq: 2 }).finally(() => limit('unlimited'));
    assert.ok(!written.ok);
    assert.equal(written.file, join(folder, 'pingfile'));
    assert.match(written.because, /EFBIG/);
    assert.equal(readFileSync(join(folder, 'pingfile'), 'utf8'), old);
    assert.deepEqual(readdirSync(folder).toSorted(), ['pingfile', 'sitefile']);
    assert.deepEqual(await writePoolFiles(folder, many, { ...HEAD, seq: 3 }), { ok: true });
  });

  it('says what is wrong with a folder that is gone', async () => {
    const folder = join(makeFolder(), 'gone');
    const written = await writePoolFiles(folder, snapshotOf([]), { ...HEAD, seq: 1 });
    assert.deepEqual(written, {
      ok: false,
      file: join(folder, 'pingfile'),
      because: 'the folder is gone (ENOENT)',
    });
  });
});

describe('prepareFolder', () => {
  it('makes the folder, and clears away what a writer that was killed left half done', async () => {
    const folder = join(makeFolder(), 'deep', 'state');
    await prepareFolder(folder);
    const left = join(folder, '.pingfile.4711.0123456789ab.tmp');
    const foreign = join(folder, '.pingfile.notes');
    writeFileSync(left, '{"seq":');
    writeFileSync(foreign, 'mine');
    await prepareFolder(folder);
    assert.deepEqual(readdirSync(folder), ['.pingfile.notes']);
  });

  it('says in a sentence what to do where nothing can be written', async () => {
    const inTheWay = join(makeFolder(), 'state');
    writeFileSync(inTheWay, '');
    await assert.rejects(prepareFolder(inTheWay), (error) => {
      assert.ok(error instanceof ActionableError);
      assert.match(
        error.message,
        /cannot write pingfile and sitefile into (.*state): \1 is a file, not a folder/,
      );
      assert.match(error.remedy, /"checks": \{ "files".* out of the way/);
      return true;
    });
  });
});

describe('readPoolFile', () => {
  it('says why a file is none', async () => {
    const folder = makeFolder();
    const path = (name: string): string => join(folder, name);
    assert.equal(await becauseOf(path('missing')), 'there is no such file');
    mkdirSync(path('folder'));
    assert.equal(await becauseOf(path('folder')), 'it is a folder');
    writeFileSync(path('empty'), '');
    assert.equal(await becauseOf(path('empty')), 'it is empty');
    writeFileSync(path('binary'), Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    assert.equal(await becauseOf(path('binary')), 'it is not UTF-8');
    writeFileSync(path('marked'), Buffer.from('\uFEFF{"seq":1,"secondaries":{}}'));
    assert.match(await becauseOf(path('marked')), /byte order mark/);
    symlinkSync('circle', path('circle'));
    assert.equal(await becauseOf(path('circle')), 'it cannot be read: ELOOP');
    assert.equal(await becauseOf('/dev/zero'), 'it is not a plain file');
  });

  it('does not wait for a writer where a pipe stands in place of the file', async () => {
    const pipe = join(makeFolder(), 'pingfile');
    execFileSync('mkfifo', [pipe]);
    assert.equal(await becauseOf(pipe), 'it is not a plain file');
  });

  it('refuses more than 16 MiB without reading it', async () => {
    const huge = join(makeFolder(), 'pingfile');
    writeFileSync(huge, '');
    truncateSync(huge, 10 * 1024 ** 3);
    const before = process.memoryUsage().rss;
    assert.equal(await becauseOf(huge), 'it is larger than 16 MiB');
    assert.ok(process.memoryUsage().rss - before < 64 * 1024 ** 2);
  });

  it('says so when this user may not read the file', () => {
    const folder = makeFolder();
    const file = join(folder, 'pingfile');
    chmodSync(folder, 0o755);
    writeFileSync(file, '{"seq":1,"secondaries":{}}');
    chmodSync(file, 0);
    const script = `
      const { readPoolFile } = await import(${JSON.stringify(new URL('../../src/stores/read-pool-file.ts', import.meta.url).href)});
      process.setuid?.(process.getuid() === 0 ? 65534 : process.getuid());
      process.stdout.write(JSON.stringify(await readPoolFile(${JSON.stringify(file)}, () => ({ ok: true }))));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    assert.equal(stdout, '{"ok":false,"because":"this user may not read it"}', stderr);
  });

  it('follows a link to the file', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'real'), '{"seq":1,"secondaries":{}}');
    symlinkSync('real', join(folder, 'pingfile'));
    assert.ok((await readPoolFile(join(folder, 'pingfile'), parsePingfile)).ok);
  });
});

describe('createFileReader', () => {
  it('parses only when the bytes are others', async () => {
    const path = join(makeFolder(), 'pingfile');
    let parsed = 0;
    const look = createFileReader(path, (text) => {
      parsed += 1;
      return pingfileInSlices(text);
    });
    const write = (seq: number): void => writeFileSync(path, `{"seq":${String(seq)},"secondaries":{}}`);

    assert.deepEqual(await look(), { ok: false, because: 'there is no such file' });
    assert.equal(await look(), 'same');
    write(1);
    assert.notEqual(await look(), 'same');
    assert.equal(await look(), 'same');
    write(1);
    assert.equal(await look(), 'same', 'written again with the same bytes');
    write(2);
    const second = await look();
    assert.ok(second !== 'same' && second.ok && second.value.seq === 2);
    rmSync(path);
    assert.deepEqual(await look(), { ok: false, because: 'there is no such file' });
    write(2);
    assert.notEqual(await look(), 'same', 'back after it was gone');
    assert.equal(parsed, 3);
  });

  it('reads a file of 10,000 rows', async (t) => {
    const folder = makeFolder();
    const standings = Array.from({ length: 10_000 }, (_, index): Standing => {
      const id = `web${String(index)}`;
      const outcome = { ok: true as const, tookMs: 1.234 };
      return {
        id,
        verdict: { ...UP, evidence: { secondary: id, check: 'http', at: 49_000, outcome } },
        load: { at: 49_000, running: index, busySeconds: 12.5, done: 1000 },
      };
    });
    const wroteAt = performance.now();
    await writePoolFiles(folder, snapshotOf(standings), { ...HEAD, seq: 1 });
    const wroteMs = performance.now() - wroteAt;
    const look = createFileReader(join(folder, 'pingfile'), pingfileInSlices);
    const readAt = performance.now();
    const read = await look();
    const readMs = performance.now() - readAt;
    const againAt = performance.now();
    await look();
    const againMs = performance.now() - againAt;
    assert.ok(read !== 'same' && read.ok && read.value.rows.size === 10_000);
    const bytes = statSync(join(folder, 'pingfile')).size;
    t.diagnostic(
      `10,000 rows, ${(bytes / 1024 ** 2).toFixed(1)} MiB: both files written in ${wroteMs.toFixed(0)} ms, pingfile read in ${readMs.toFixed(0)} ms, unchanged in ${againMs.toFixed(0)} ms`,
    );
  });
});

describe('the shell script of the README', () => {
  it('writes a pingfile that is believed', async (t) => {
    const folder = makeFolder();
    const server = createServer((_, response) => response.end('Test Page'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const readme = readFileSync(new URL('../../src/stores/README.md', import.meta.url), 'utf8');
    const script = /```sh\n([\s\S]*?)```/.exec(readme)?.[1];
    assert.ok(script);
    const path = join(folder, 'write-pingfile');
    writeFileSync(
      path,
      script
        .replace('192.168.1.3:8086', `127.0.0.1:${String((server.address() as AddressInfo).port)}`)
        .replace('192.168.1.4:8087', '127.0.0.1:1'),
      { mode: 0o755 },
    );
    const child = spawn(path, [folder], { stdio: 'ignore', env: { PATH: process.env['PATH'] } });
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0);
    assert.deepEqual(readdirSync(folder).toSorted(), ['pingfile', 'write-pingfile']);
    const read = await readPoolFile(join(folder, 'pingfile'), parsePingfile);
    assert.ok(read.ok);
    assert.equal(read.value.everyMs, 60_000);
    assert.deepEqual(
      [...read.value.rows],
      [
        ['web1', { health: 'up' }],
        ['web2', { health: 'down' }],
      ],
    );
    assert.ok(existsSync(join(folder, 'pingfile')));
  });
});
