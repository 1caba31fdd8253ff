import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessFacts } from '../../../src/doors/access-log/access-facts.ts';
import { openDoor, plainSettings } from '../a-door.ts';
import { exchange } from '../exchange.ts';

for (const fastLane of [true, false]) {
  test(`what is no HTTP has a line with its status, ${fastLane ? 'in' : 'without'} the fast lane`, async (t) => {
    const lines: AccessFacts[] = [];
    const accessLog = {
      write: (facts: AccessFacts) => lines.push(facts),
      reopen: () => undefined,
      close: () => Promise.resolve(),
    };
    const settings = plainSettings({ listen: [{ host: '::', port: 0 }] });
    const { port } = await openDoor(t, { fastLane, settings, accessLog });
    const visit = 'GET /x HTTP/1.1\r\nHost: a.example\r\n';
    for (const said of [
      '\x16\x03\x01\x02\r\n\r\n',
      `${visit}\r\nGARBAGE\r\n\r\n`,
      `${visit}Cookie: ${'a'.repeat(40_000)}\r\n\r\n`,
    ])
      await exchange(port, [said]);
    assert.deepEqual(
      lines.map(({ visitor, method, status, reason }) => [visitor, method, status, reason]),
      [
        ['127.0.0.1', '', 400, 'unread'],
        ['127.0.0.1', 'GET', 302, 'first'],
        ['127.0.0.1', '', 400, 'unread'],
        ['127.0.0.1', '', 431, 'unread'],
      ],
    );
  });
}
