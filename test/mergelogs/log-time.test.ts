import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { createTimeReader } from '../../src/mergelogs/log-time.ts';
import { logTime } from './sources.ts';

const timeOf = (line: string, reader = createTimeReader()): number => {
  const bytes = Buffer.from(line, 'latin1');
  return reader(bytes, 0, bytes.length);
};

const after = (what: string): string => `${what} "GET / HTTP/1.1" 200 5`;

test('every second from the year 101 to the year 9999, in every zone, is read as it was printed', () => {
  const reader = createTimeReader();
  const seconds = fc.integer({ min: -58_900_000_000, max: 253_402_200_000 });
  const zone = fc.integer({ min: -14 * 60, max: 14 * 60 });
  fc.assert(
    fc.property(seconds, zone, (second, ahead) => {
      const line = after(`203.0.113.9 - - [${logTime(second, ahead)}]`);
      assert.equal(timeOf(line, reader), second * 1_000);
    }),
    { numRuns: 2_000 },
  );
});

test('the examples of the Apache manual and of the nginx manual are read', () => {
  const apache =
    '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"';
  assert.equal(timeOf(apache), Date.UTC(2000, 9, 10, 20, 55, 36));
  assert.equal(timeOf(after('::1 - - [29/Feb/2024:23:59:60 +0000]')), Date.UTC(2024, 2, 1));
});

test('what is no time is not read as one', () => {
  for (const wrong of [
    '[31/Feb/2024:00:00:00 +0000]',
    '[00/Jan/2024:00:00:00 +0000]',
    '[01/Foo/2024:00:00:00 +0000]',
    '[01/Jan/2024:24:00:00 +0000]',
    '[01/Jan/2024:00:60:00 +0000]',
    '[01/Jan/2024:00:00:61 +0000]',
    '[01/Jan/2024:00:00:00 0000]',
    '[01/Jan/2024:00:00:00 *0000]',
    '[1/Jan/2024:00:00:00 +0000]',
    '[01/Jan/20x4:00:00:00 +0000]',
    '[01/Jan/0099:00:00:00 +0000]',
    '2024-01-01T00:00:00Z',
    '',
  ]) {
    assert.ok(Number.isNaN(timeOf(after(`192.0.2.1 - - ${wrong}`))), wrong);
  }
});

test('a visitor who logs in with the name of a time does not set his own', () => {
  const line = after('192.0.2.1 - [01/Jan/1999:00:00:00 +0000] \\"GET [10/Oct/2000:00:00:00 +0000]');
  assert.equal(timeOf(line), Date.UTC(2000, 9, 10));
});

test('any bytes at all give a finite time or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (noise, at) => {
      const good = Buffer.from(after(`192.0.2.1 - - [${logTime(1_760_000_000)}]`));
      const bytes = Buffer.concat([good.subarray(0, at), noise, good.subarray(at)]);
      const time = createTimeReader()(bytes, 0, bytes.length);
      assert.ok(Number.isNaN(time) || Number.isSafeInteger(time));
    }),
  );
});
