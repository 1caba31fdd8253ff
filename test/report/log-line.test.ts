import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { NO_VISIT, readLogLine } from '../../src/report/log-line.ts';

const START = '203.0.113.9 - - [10/Oct/2025:13:55:36 +0200]';

test('lines in common and combined format are read, with and without the time that the answer took', () => {
  const common = { address: '203.0.113.9', agent: '', status: 200 };
  const combined = { ...common, agent: 'Mozilla/5.0 (X11)' };
  const line = `${START} "GET / HTTP/1.1" 200 5`;
  for (const [end, expected] of [
    ['', common],
    [' 1500', { ...common, tookMs: 1.5 }],
    [' "-" "Mozilla/5.0 (X11)"', combined],
    [' "http://a/" "Mozilla/5.0 (X11)" 2500000', { ...combined, tookMs: 2_500 }],
    [' "http://a/" "Mozilla/5.0 (X11)" 0.042', { ...combined, tookMs: 42 }],
    [' "http://a/" "Mozilla/5.0 (X11)" "198.51.100.1" 0.042\r', { ...combined, tookMs: 42 }],
    [' "-" "Mozilla/5.0 (X11)" usher=web1 reason=affinity', combined],
    [' "-" "Mozilla/5.0 (X11)" -', combined],
    [' "-" "Mozilla/5.0 (X11)" 99999999999999', combined],
  ] as const) {
    assert.deepEqual(readLogLine(line + end), expected, end);
  }
});

test('the visitor is the one who stands there, behind the name of the site too, over IPv6 or by name', () => {
  const rest = '- - [10/Oct/2025:13:55:36 +0200] "GET / HTTP/1.1" 304 -';
  for (const [start, address] of [
    ['2001:db8::9', '2001:db8::9'],
    ['www.example.org:80 203.0.113.9', '203.0.113.9'],
    ['visitor.example.org', 'visitor.example.org'],
  ] as const) {
    assert.deepEqual(readLogLine(`${start} ${rest}`), { address, agent: '', status: 304 });
  }
});

test('nothing that a visitor sends moves the parts of the line', () => {
  // as Apache and nginx write hostile names, targets and agents
  const apache = `203.0.113.9 - a\\"] \\"b [10/Oct/2025:13:55:36 +0200] "GET /\\" 500 1 \\"x\\" HTTP/1.1" 200 5 "\\"" "\\\\\\" 999" 1000`;
  const nginx = `203.0.113.9 - a\\x22] \\x22b [10/Oct/2025:13:55:36 +0200] "GET /\\x22 500 1 HTTP/1.1" 200 5 "-" "\\x22 9.9" 0.001`;
  for (const line of [apache, nginx]) {
    const read = readLogLine(line);
    assert.ok(read !== undefined && read !== NO_VISIT);
    assert.deepEqual([read.address, read.status, read.tookMs], ['203.0.113.9', 200, 1]);
  }
});

test('a connection on which nothing was asked is no visit', () => {
  assert.equal(readLogLine(`${START} "-" 408 - "-" "-" 50`), NO_VISIT);
  assert.equal(readLogLine(`${START} "-" 400 0 "-" "-"`), NO_VISIT);
});

test('what no web server understands is no visit; a request that was refused is one', () => {
  for (const garbage of [
    '\\x16\\x03\\x01\\x02',
    '\\x16\\x03 / HTTP/1.1',
    'SSH-2.0-Go',
    't3 12.1.2',
    'GET /a b',
    '',
  ])
    for (const status of [400, 501])
      assert.equal(readLogLine(`${START} "${garbage}" ${status} 484 "-" "-"`), NO_VISIT, garbage);
  const visit = { address: '203.0.113.9', agent: '-' };
  for (const [request, status] of [
    ['GET / HTTP/1.1', 400],
    ['PURGE /a b HTTP/1.0', 501],
    ['GET /a', 404],
    ['/a', 200],
  ] as const)
    assert.deepEqual(readLogLine(`${START} "${request}" ${status} 484 "-" "-"`), { ...visit, status });
});

test('what is no line of such a log is not read', () => {
  for (const line of [
    '',
    'noise',
    START,
    `${START} "GET /`,
    `${START} "GET / HTTP/1.1" 2000 5`,
    `[] "" 200 5`,
    '{"status":200}',
  ]) {
    assert.equal(readLogLine(line), undefined, line);
  }
});

/** Any bytes, one character each. */
const noise = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1'));

test('any text at all gives good numbers or nothing', () => {
  const good = `${START} "GET / HTTP/1.1" 200 5 "-" "agent" 1000`;
  const text = fc.oneof(
    noise(200),
    fc
      .tuple(fc.nat(good.length), fc.nat(10), noise(20))
      .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut)),
  );
  fc.assert(
    fc.property(text, (line) => {
      const read = readLogLine(line);
      if (read === undefined || read === NO_VISIT) return;
      assert.ok(read.status >= 0 && read.status <= 999);
      assert.ok(read.tookMs === undefined || (read.tookMs >= 0 && read.tookMs <= 86_400_000));
    }),
    { numRuns: 500 },
  );
});
