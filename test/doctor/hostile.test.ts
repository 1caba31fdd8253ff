import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answering, startTcp } from '../real/tcp-server.ts';
import { diagnose } from './diagnose.ts';

const head = (...lines: readonly string[]): string => `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`;

test('whatever secondaries answer, the doctor comes to an end and prints only what a terminal can bear', async (t) => {
  const html = 'Content-Type: text/html';
  const servers = await Promise.all(
    [
      answering('\0\x1b[2J nonsense'),
      answering(head(html) + '<'.repeat(200_000)),
      answering(head(html) + '<title>'.repeat(20_000)),
      answering(head(html) + '<script'.repeat(20_000)),
      answering(head(html) + 'href="a'.repeat(20_000)),
      answering(head(html) + '<meta '.repeat(20_000)),
      answering(head(html, `Set-Cookie: ${'a=b, '.repeat(5_000)}`)),
      answering(head(html, `Set-Cookie: ${'='.repeat(20_000)}`, 'Date: never')),
      answering('HTTP/1.1 302 Found\r\nLocation: http://\x1b[2J"><script>\r\n\r\n'),
      answering('HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n'),
      answering(head('Strict-Transport-Security: max-age=' + '9'.repeat(9_000))),
      answering(head(html) + '<title>\x1b[2J\x07</title>\u202e'),
    ].map((serve) => startTcp(serve)),
  );
  for (const { stop } of servers) t.after(stop);
  const secondaries = servers.map(({ port }, at) => ({
    port: 8086 + at,
    at: `127.0.0.1:${port}`,
    timeout: '2s',
  }));
  const { code, findings } = await diagnose(t, { config: { secondaries } });
  assert.equal(code, 1);
  assert.ok(findings.some(({ what }) => /^web8086.* fails? (?:its|their) ping \(garbage/.test(what)));
  for (const { what, remedy } of findings) assert.doesNotMatch(what + remedy, /[^\x20-\x7e…]/);
});
