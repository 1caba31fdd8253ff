import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { mergeLogs } from '../../src/mergelogs/merge.ts';
import { askNameServers, createNames, NoAnswer } from '../../src/mergelogs/names.ts';
import { createNamingOutlet } from '../../src/mergelogs/naming-outlet.ts';
import { laneSize } from '../../src/mergelogs/size.ts';
import { logTime, memorySource } from './sources.ts';
import { startNameServer } from './name-server.ts';

const START = 1_760_000_000;

const line = (host: string, second = START): string =>
  `${host} - - [${logTime(second)}] "GET / HTTP/1.1" 200 5`;

const asking = (t: TestContext, server: string, timeoutMs = 2_000) => {
  const { lookUp, stop } = askNameServers({ servers: [server], timeoutMs });
  t.after(stop);
  return createNames(lookUp);
};

const named = async (names: ReturnType<typeof createNames>, log: string): Promise<string> => {
  const written: Buffer[] = [];
  const size = laneSize(1);
  const outlet = createNamingOutlet(async (bytes) => void written.push(Buffer.from(bytes)), {
    names,
    longest: size.longest,
  });
  await mergeLogs({ sources: [memorySource('1', log, { piece: 65_536 })], outlet, size, keepsUnread: true });
  return Buffer.concat(written).toString('latin1');
};

test('a visitor whose address has a name has it at the end of his lines, all else stays as it is', async (t) => {
  const server = await startNameServer(t, (question) =>
    question === '9.113.0.203.in-addr.arpa'
      ? 'Visitor.Example.NET'
      : question.endsWith('ip6.arpa')
        ? 'six.example'
        : null,
  );
  const log = [
    line('203.0.113.9'),
    line('203.0.113.10'),
    `${line('203.0.113.9')} "-" "agent"\r`,
    line('www.example.org:80 203.0.113.9'),
    line('2001:db8::9'),
    line('visitor.example.org'),
    '',
    'noise',
  ];
  const text = await named(asking(t, server.address), log.join('\n'));
  assert.deepEqual(text.split('\n'), [
    `${log[0]} host=visitor.example.net`,
    log[1],
    `${line('203.0.113.9')} "-" "agent" host=visitor.example.net\r`,
    `${log[3]} host=visitor.example.net`,
    `${log[4]} host=six.example`,
    ...log.slice(5),
    '',
  ]);
  assert.deepEqual([...server.asked].sort(), [
    '10.113.0.203.in-addr.arpa',
    '9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
    '9.113.0.203.in-addr.arpa',
  ]);
});

test('64 lookups are under way at once, and the order of the lines stays', async (t) => {
  const server = await startNameServer(
    t,
    (question) => `h${question.split('.').slice(0, 2).join('-')}.example`,
    20,
  );
  const hosts = Array.from({ length: 1_000 }, (_, at) => `203.0.${Math.floor(at / 250)}.${at % 250}`);
  const text = await named(asking(t, server.address), hosts.map((host) => `${line(host)}\n`).join(''));
  const expected = hosts.map(
    (host) => `${line(host)} host=h${host.split('.').slice(2).reverse().join('-')}.example\n`,
  );
  assert.equal(text, expected.join(''));
  assert.ok(server.mostAtOnce() <= 64 && server.mostAtOnce() > 32, `${server.mostAtOnce()} at once`);
});

test('a name that is none is not believed', async (t) => {
  const server = await startNameServer(t, (question) =>
    question.startsWith('9.') ? 'a b"\n.example' : 'x'.repeat(63),
  );
  const text = await named(asking(t, server.address), `${line('203.0.113.9')}\n${line('203.0.113.8')}\n`);
  assert.equal(text, `${line('203.0.113.9')}\n${line('203.0.113.8')} host=${'x'.repeat(63)}\n`);
});

test('a name server that never answers does not hold the lines up for long', async (t) => {
  const server = await startNameServer(t, () => undefined);
  const names = asking(t, server.address, 100);
  const hosts = Array.from({ length: 2_000 }, (_, at) => `203.0.${Math.floor(at / 250)}.${at % 250}`);
  const log = hosts.map((host) => `${line(host)}\n`).join('');
  assert.equal(await named(names, log), log);
  assert.ok(names.isGivenUp());
  assert.ok(server.asked.length < 700, `${server.asked.length} questions`);
});

test('no more than 50,000 addresses are remembered', async () => {
  let asked = 0;
  const names = createNames(async (address) => {
    asked += 1;
    return address === 'none' ? undefined : `${address}.example`;
  });
  const numbers = (from: number, to: number): Set<string> =>
    new Set(Array.from({ length: to - from }, (_, at) => String(from + at)));
  await names.of(numbers(0, 60_000));
  await names.of(numbers(59_000, 60_000));
  assert.equal(asked, 60_000);
  await names.of(numbers(0, 1_000));
  assert.equal(asked, 61_000);
});

test('one answer among many silences shows that somebody is there', async () => {
  let asked = 0;
  const names = createNames(async () => {
    asked += 1;
    if (asked % 200 === 0) return 'some.example';
    throw new NoAnswer();
  });
  await names.of(new Set(Array.from({ length: 1_000 }, (_, at) => String(at))));
  assert.ok(!names.isGivenUp());
  assert.equal(asked, 1_000);
});
