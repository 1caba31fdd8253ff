import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { factsOfUnread, type AccessFacts } from '../../../src/doors/access-log/access-facts.ts';
import { lineFormat } from '../../../src/doors/access-log/access-line.ts';

const formatLine = lineFormat();

const facts: AccessFacts = {
  visitor: '203.0.113.9',
  atMs: Date.UTC(2000, 9, 10, 13, 55, 36, 999),
  method: 'GET',
  url: '/apache_pb.gif?a=1',
  version: '1.1',
  status: 302,
  bytes: 0,
  referer: 'http://www.example.com/start.html',
  userAgent: 'Mozilla/4.08 [en] (Win98; I ;Nav)',
  secondary: 'web8086',
  reason: 'balance',
};

const LINE =
  /^[!-~]+ - - \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "[^" \n]+ [^" \n]+ HTTP\/[^" \n]+" \d{3} (?:\d+|-) "([^"\n]*)" "([^"\n]*)" usher=[!-~]+ reason=[!-~]+\n$/;

/** The bytes that an escaped text stands for. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

describe('access line', () => {
  it('is the combined format with secondary and reason behind it', () => {
    assert.equal(
      formatLine(facts),
      '203.0.113.9 - - [10/Oct/2000:13:55:36 +0000] "GET /apache_pb.gif?a=1 HTTP/1.1" 302 - ' +
        '"http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)" usher=web8086 reason=balance\n',
    );
  });

  it('has dashes for what is not there', () => {
    const line = formatLine({ ...facts, bytes: 512, referer: '', userAgent: '', secondary: '-' });
    assert.ok(line.includes('" 302 512 "-" "-" usher=- reason='), line);
  });

  it('has one dash for a request that could not be read, as other servers do', () => {
    assert.equal(
      formatLine(factsOfUnread('203.0.113.9', 400, facts.atMs)),
      '203.0.113.9 - - [10/Oct/2000:13:55:36 +0000] "-" 400 - "-" "-" usher=- reason=unread\n',
    );
  });

  it('tells the time of each line, also when the clock is set back', () => {
    const timeAt = (atMs: number) => /\[(.*)\]/.exec(formatLine({ ...facts, userAgent: '', atMs }))?.[1];
    assert.equal(timeAt(Date.UTC(2026, 0, 1)), '01/Jan/2026:00:00:00 +0000');
    assert.equal(timeAt(Date.UTC(2024, 1, 29, 23, 59, 59, 999)), '29/Feb/2024:23:59:59 +0000');
    assert.equal(timeAt(Date.UTC(2026, 11, 31, 12)), '31/Dec/2026:12:00:00 +0000');
  });

  it('escapes quotes, backslashes, controls and everything from 0x7f on', () => {
    const line = formatLine({ ...facts, userAgent: 'a"b\\c\r\nd\te\u0000f\u007fg\u00e9h\u001b[31m' });
    assert.ok(line.includes(String.raw`"a\x22b\x5cc\x0d\x0ad\x09e\x00f\x7fg\xe9h\x1b[31m"`), line);
  });

  it('escapes what is beyond a byte as UTF-8', () => {
    assert.ok(formatLine({ ...facts, referer: '\u2028€' }).includes(String.raw`"\xe2\x80\xa8\xe2\x82\xac"`));
  });

  it('cuts URL, referer and agent at 2 kB, never within an escape', () => {
    const long = formatLine({
      ...facts,
      url: `/${'a'.repeat(9_000)}`,
      referer: 'b'.repeat(9_000),
      userAgent: `x${'"'.repeat(9_000)}`,
    });
    const [, referer = '', agent = ''] = LINE.exec(long) ?? [];
    assert.ok(long.includes(` /${'a'.repeat(2_047)} HTTP/1.1"`));
    assert.equal(referer, 'b'.repeat(2_048));
    assert.equal(agent, `x${String.raw`\x22`.repeat(511)}`);
  });

  it('is one line that keeps every byte, whatever visitors send', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((sent) => Buffer.from(sent).toString('latin1'));
    fc.assert(
      fc.property(bytes, bytes, bytes, (url, referer, userAgent) => {
        const line = formatLine({ ...facts, url, referer, userAgent });
        const [, loggedReferer = '', loggedAgent = ''] = LINE.exec(line) ?? assert.fail(line);
        assert.equal(unescaped(loggedReferer), referer || '-');
        assert.equal(unescaped(loggedAgent), userAgent || '-');
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps its form with any text', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));
    const text = fc.oneof(fc.string(), units, fc.constantFrom('', ' ', 'a b'));
    fc.assert(
      fc.property(text, text, text, text, (visitor, url, secondary, reason) => {
        assert.match(formatLine({ ...facts, visitor, url, secondary, reason }), LINE);
      }),
    );
  });
});
