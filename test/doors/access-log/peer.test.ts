import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessFacts } from '../../../src/doors/access-log/access-facts.ts';
import { openDoor, plainSettings } from '../a-door.ts';
import { exchange } from '../exchange.ts';

const NAME = 'Host: a.example\r\n';
const PROXIED = 'X-Forwarded-For: 203.0.113.9\r\n';

/** What is said, and the reason in its line. */
const SAID = {
  first: `GET /x HTTP/1.1\r\n${NAME}`,
  local: `GET /.usher/x HTTP/1.1\r\n${NAME}`,
  'bad-host': 'GET /x HTTP/1.1\r\nHost: <\r\n',
  'bad-target': `GET http://c.example/ HTTP/1.1\r\n${NAME}`,
  trace: `TRACE /x HTTP/1.1\r\n${NAME}`,
  'not-our-name': 'GET /x HTTP/1.1\r\nHost: b.example\r\n',
  websocket: `GET /x HTTP/1.1\r\n${NAME}Connection: upgrade\r\nUpgrade: websocket\r\n`,
} as const;

for (const trusted of [false, true]) {
  for (const fastLane of [true, false]) {
    const how = `${fastLane ? 'in' : 'without'} the fast lane, ${trusted ? 'behind' : 'without'} a proxy`;
    test(`every line about somebody who came by IPv4 to a dual-stack listener has his IPv4 address, ${how}`, async (t) => {
      const lines: AccessFacts[] = [];
      const accessLog = {
        write: (facts: AccessFacts) => lines.push(facts),
        reopen: () => undefined,
        close: () => Promise.resolve(),
      };
      const settings = plainSettings({
        listen: [{ host: '::', port: 0 }],
        trustProxies: trusted ? ['127.0.0.0/8'] : [],
        names: ['a.example'] as unknown as NonNullable<ReturnType<typeof plainSettings>['names']>,
      });
      const { port } = await openDoor(t, { fastLane, settings, accessLog });
      for (const head of Object.values(SAID)) {
        const more = head.includes('upgrade') ? '' : 'Connection: close\r\n';
        await exchange(port, [`${head}${PROXIED}${more}\r\n`]);
      }
      const visitor = trusted ? '203.0.113.9' : '127.0.0.1';
      assert.deepEqual(
        lines.map(({ reason, visitor: his }) => [reason, his]),
        Object.keys(SAID).map((reason) => [reason, visitor]),
      );
    });
  }
}
