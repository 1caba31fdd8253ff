import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import test from 'node:test';
import fc from 'fast-check';
import { laneSize } from '../../src/mergelogs/size.ts';
import { crowdIn } from '../../src/mergelogs/scratch.ts';
import type { Source } from '../../src/mergelogs/source.ts';
import { tempFolder } from '../config/temp-folder.ts';
import { logLine, memorySource, merged, SMALL } from './sources.ts';

const START = 1_760_000_000;

/** Lines in order but for disorder that the window can put right: each stands fewer than `SMALL.lines` places too late. */
const nearlyInOrder = fc
  .array(fc.tuple(fc.nat(3), fc.nat(SMALL.lines - 1)), { maxLength: 60 })
  .map((steps) => {
    let now = START;
    return steps
      .map(([step, delay], at) => ({ second: (now += step), at, writtenAt: at + delay }))
      .sort((one, other) => one.writtenAt - other.writtenAt || one.at - other.at);
  });

test('a merge is the stable sort of all lines by time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(nearlyInOrder, { maxLength: 5 }),
      fc.integer({ min: 1, max: 700 }),
      async (files, piece) => {
        const logs = files.map((lines, file) =>
          lines.map(({ second }, at) => ({ second, text: `${logLine(second, `file${file}line${at}`)}\n` })),
        );
        const sources = logs.map((log, at) =>
          memorySource(String(at), log.map(({ text }) => text).join(''), { piece }),
        );
        const { text, count } = await merged(sources);
        const sorted = logs.flat().sort((one, other) => one.second - other.second);
        assert.equal(text, sorted.map((line) => line.text).join(''));
        assert.equal(count.lines, sorted.length);
        assert.equal(count.bytes, text.length);
        for (const file of count.files) assert.deepEqual({ ...file, file: '', lines: 0 }, NOTHING);
      },
    ),
    { numRuns: 300 },
  );
});

const NOTHING = { file: '', lines: 0, unread: 0, tooLong: 0, late: 0 };

/** Lines of all kinds, in no order: with a time, without, empty, ended by CRLF, of any bytes. */
const anyLine = fc.oneof(
  { weight: 4, arbitrary: fc.nat(100_000).map((second) => logLine(START + second, 'x')) },
  { weight: 1, arbitrary: fc.nat(50).map((second) => `${logLine(START + second, 'crlf')}\r`) },
  fc.constantFrom(
    '',
    'noise',
    '\0\0',
    '\r',
    '[',
    '192.0.2.1 - - [99/Oct/2025:00:00:00 +0000] "GET / HTTP/1.1"',
  ),
  fc
    .uint8Array({ maxLength: 80 })
    .map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll('\n', ' ')),
  fc.nat(900).map((length) => logLine(START, 'l'.repeat(length))),
);

const sorted = (lines: readonly string[]): string[] => [...lines].sort();

test('every line is kept exactly once and byte for byte, whatever the files hold', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyLine, { maxLength: 80 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5_000 }),
      fc.boolean(),
      async (files, piece, isEnded) => {
        const sources = files.map((lines, at) => {
          const text = lines.map((line) => `${line}\n`).join('');
          const log = isEnded ? text : text.slice(0, -1);
          return memorySource(String(at), Buffer.from(log, 'latin1'), { piece });
        });
        const { text, count } = await merged(sources, { keepsUnread: true });
        const given = files.flatMap((lines) => (isEnded || lines.at(-1) !== '' ? lines : lines.slice(0, -1)));
        assert.deepEqual(sorted(text.split('\n').slice(0, -1)), sorted(given));
        assert.equal(count.lines, given.length);

        const without = await merged(sources);
        const unread = count.files.reduce((sum, file) => sum + file.unread, 0);
        assert.equal(without.count.lines, given.length - unread);
        for (const line of without.text.split('\n').slice(0, -1)) assert.match(line, /\[\d\d\/[A-Z]/i);
      },
    ),
    { numRuns: 300 },
  );
});

test('a line from far in the future comes last and disturbs nothing', async () => {
  const lines = Array.from({ length: 2_000 }, (_, at) => `${logLine(START + at - (at % 7), String(at))}\n`);
  const future = `${logLine(START + 1e9, 'future')}\n`;
  const log = [...lines.slice(0, 20), future, ...lines.slice(20)].join('');
  const { text, count } = await merged([memorySource('one', log, { piece: 3_000 })]);
  assert.ok(text.endsWith(future));
  assert.equal(count.files[0]?.late, 0);
  const seconds = [...text.matchAll(/\[(\d\d)\/Oct\/2025:(\d\d):(\d\d):(\d\d) /g)].map((match) =>
    match.slice(1).reduce((sum, part) => sum * 60 + Number(part), 0),
  );
  assert.equal(seconds.length, 2_000);
  assert.deepEqual(
    seconds,
    [...seconds].sort((one, other) => one - other),
  );
});

test('a line too far behind its time comes where it was found, and is counted', async () => {
  const lines = Array.from({ length: 100 }, (_, at) => `${logLine(START + at, String(at))}\n`);
  const old = `${logLine(START - 500, 'old')}\n`;
  const { text, count } = await merged([memorySource('one', [...lines, old].join(''))]);
  assert.equal(count.files[0]?.late, 1);
  assert.equal(count.lines, 101);
  const at = text.split('\n').findIndex((line) => line.includes('/old '));
  assert.ok(at > 100 - 2 * SMALL.lines - 1, `it stands in line ${at}`);
});

test('lines without a time are told with the first line number and left out', async () => {
  const log = [logLine(START, 'a'), 'noise', '', logLine(START + 1, 'b'), 'more'].join('\n');
  const { text, count } = await merged([memorySource('web1', log)]);
  assert.deepEqual(count.files, [{ ...NOTHING, file: 'web1', lines: 5, unread: 3, firstUnread: 2 }]);
  assert.equal(text, `${logLine(START, 'a')}\n${logLine(START + 1, 'b')}\n`);
});

test('lines without a time stay behind the line before them where they are kept', async () => {
  const one = ['head', logLine(START + 1, 'a'), 'of a', logLine(START + 2, 'c'), 'of c'].join('\n');
  const other = [logLine(START + 1, 'b'), 'of b', logLine(START + 2, 'd')].join('\n');
  const { text } = await merged([memorySource('1', one), memorySource('2', other)], { keepsUnread: true });
  assert.deepEqual(
    text.split('\n').map((line) => /(?<=\/)[a-d](?= )/.exec(line)?.[0] ?? line),
    ['head', 'a', 'of a', 'b', 'of b', 'c', 'of c', 'd', ''],
  );
});

test('a line longer than any can be is left out and counted, and the next one is read', async () => {
  const long = logLine(START + 1, 'x'.repeat(3 * SMALL.bytes));
  const log = [logLine(START, 'a'), long, logLine(START + 2, 'b'), long].join('\n');
  for (const piece of [1, 100, 1_024, 8_000]) {
    const { text, count } = await merged([memorySource('web1', log, { piece })], { keepsUnread: true });
    assert.deepEqual(count.files, [{ ...NOTHING, file: 'web1', lines: 4, tooLong: 2, firstTooLong: 2 }]);
    assert.equal(text, `${logLine(START, 'a')}\n${logLine(START + 2, 'b')}\n`);
  }
});

test('a line of exactly the greatest length is kept', async () => {
  const { longest } = SMALL;
  const line = (bytes: number): string => {
    const bare = logLine(START, '');
    return logLine(START, 'x'.repeat(bytes - bare.length - 1));
  };
  for (const piece of [1, 511, 8_000]) {
    const kept = await merged([memorySource('1', `${line(longest)}\n${line(20 + 60)}\n`, { piece })]);
    assert.equal(kept.count.lines, 2, `pieces of ${piece}`);
    const dropped = await merged([memorySource('1', `${line(longest + 1)}\n${line(80)}\n`, { piece })]);
    assert.deepEqual([dropped.count.lines, dropped.count.files[0]?.tooLong], [1, 1], `pieces of ${piece}`);
  }
});

test('what could be read of a file that breaks is kept, without the line that is cut', async () => {
  const log = `${logLine(START, 'a')}\n${logLine(START + 2, 'c')}\n${logLine(START + 3, 'cut').slice(0, -3)}`;
  const sources = [
    memorySource('bad', log, { breaks: new Error('input/output error') }),
    memorySource('good', `${logLine(START + 1, 'b')}\n`),
  ];
  const { text, count } = await merged(sources);
  assert.equal(text, ['a', 'b', 'c'].map((what, at) => `${logLine(START + at, what)}\n`).join(''));
  assert.deepEqual(count.files[0], {
    ...{ ...NOTHING, file: 'bad', lines: 3, unread: 1, firstUnread: 3 },
    error: 'input/output error',
  });
  const kept = await merged(sources, { keepsUnread: true });
  assert.equal(kept.count.lines, 4);
});

test('an outlet that fails ends the merge and closes every file', async () => {
  let open = 0;
  const source = memorySource('one', `${logLine(START, 'a')}\n`.repeat(10_000));
  const counted = {
    name: 'one',
    isLasting: () => Promise.resolve(true),
    open: async () => {
      const reader = await source.open();
      open += 1;
      return { ...reader, close: async () => void (open -= 1) };
    },
  };
  const { mergeLogs } = await import('../../src/mergelogs/merge.ts');
  const outlet = { put: () => false, flush: () => Promise.reject(new Error('disk full')) };
  const merge = mergeLogs({ sources: [counted, counted], outlet, size: SMALL, keepsUnread: false });
  await assert.rejects(merge, /disk full/);
  assert.equal(open, 0);
});

test('however many files there are, together they hold no more than so much', () => {
  for (const files of [1, 2, 6, 7, 100, 180, 600, 100_000]) {
    const { bytes, lines, longest, window } = laneSize(files);
    const open = Math.min(files, 600);
    assert.ok(bytes * open <= 12 * 1_024 * 1_024, `${files} files`);
    assert.ok(longest >= 32_768 && lines >= 1_000, `${files} files`);
    assert.ok(window >= 8_192 && window <= bytes / 2, `${files} files`);
  }
});

test('of files more than may be open, those of the same time are merged on the way, and none is lost', async (t) => {
  const folder = await tempFolder(t);
  const own = opens(Array.from({ length: 40 }, (_, file) => lines(30, (line) => 1_000 + line * 40 + file)));
  const crowd = { ...crowdIn({ TMPDIR: folder }), mostOpen: 4, mostGathered: 4 };
  const { text, count } = await merged(own.sources, { crowd });
  assert.equal(text, (await merged(own.sources)).text, 'as if all were open at once');
  assert.equal(count.lines, 40 * 30);
  assert.ok(count.files.every((file) => file.lines === 30 && file.unread === 0 && file.late === 0));
  assert.deepEqual(await readdir(folder), []);
});

test('of logs that follow one another few are open at a time, and nothing is merged on the way', async () => {
  const own = opens(Array.from({ length: 40 }, (_, file) => lines(30, (line) => 1_000 + file * 30 + line)));
  const openScratch = () => Promise.reject(new Error('it was not needed'));
  const { text, count } = await merged(own.sources, { crowd: { ...crowdIn({}), mostOpen: 2, openScratch } });
  assert.equal(count.lines, 40 * 30);
  assert.ok(own.mostOpen() <= 2, `${own.mostOpen()} were open`);
  assert.equal(text, (await merged(own.sources)).text);
});

test('in a crowd too, one that cannot be read and one that is empty are told apart from the others', async () => {
  const own = opens(Array.from({ length: 6 }, (_, file) => lines(3, (line) => 1_000 + line * 6 + file)));
  const gone: Source = { ...memorySource('gone', ''), open: () => Promise.reject(new Error('no such file')) };
  const sources = [
    ...own.sources,
    gone,
    memorySource('empty', ''),
    memorySource('broken', `${logLine(1_001, 'x')}\n`, { breaks: new Error('cut') }),
  ];
  const { text, count } = await merged(sources, { crowd: { ...crowdIn({}), mostOpen: 2, mostGathered: 2 } });
  assert.equal(text.split('\n').length - 1, 19);
  assert.deepEqual(
    count.files.map(({ lines, error }) => [lines, error]),
    [...own.sources.map(() => [3, undefined]), [0, 'no such file'], [0, undefined], [1, 'cut']],
  );
});

const lines = (number: number, secondsOf: (line: number) => number): string =>
  Array.from({ length: number }, (_, line) => `${logLine(secondsOf(line), String(line))}\n`).join('');

/** Logs that tell how many of them were open at a time. */
const opens = (logs: readonly string[]) => {
  let [open, most] = [0, 0];
  const sources = logs.map((log, index): Source => {
    const source = memorySource(String(index), log);
    return {
      ...source,
      open: async () => {
        const reader = await source.open();
        open += 1;
        most = Math.max(most, open);
        return { ...reader, close: async () => void (open -= 1) };
      },
    };
  });
  return { sources, mostOpen: () => most };
};
