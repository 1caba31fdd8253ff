import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseObject } from '../../src/config/parse.ts';
import type { Settings } from '../../src/config/settings.ts';
import { means, parseText } from './parse-text.ts';

const settingsOf = (config: unknown): Settings => {
  const parsed = parseObject(config, means);
  assert.deepEqual(parsed.ok ? [] : parsed.mistakes, []);
  assert.ok(parsed.ok);
  return parsed.settings;
};

test('the smallest config that works has every default', () => {
  const { entrances, ...rest } = settingsOf({ secondaries: [{ port: 8086 }, { port: 8087 }] });
  const secondary = (port: number) => ({
    id: `web${port}`,
    address: { kind: 'same-host', scheme: 'http', port },
    at: `http://127.0.0.1:${port}`,
    weight: 1,
    role: 'active',
    state: 'ready',
    ping: { name: 'http', options: { path: '/', status: 200, strict: false } },
    rise: 2,
    fall: 3,
    timeoutMs: 2000,
  });
  assert.deepEqual(rest, {
    listen: [{ port: 80 }],
    admin: { host: '127.0.0.1', port: 8079 },
    threads: 4,
    trustProxies: [],
    lan: [],
    redirectToHttps: false,
    policy: { name: 'balance', options: {} },
    checks: {
      from: 'cached',
      everyMs: 2000,
      worker: 'own',
      freshnessMs: 1000,
      timeoutMs: 2000,
      slowReturnMs: 90_000,
      freshen: 1,
    },
    delivery: { name: 'redirect', options: {} },
    affinity: { cookie: 'usher', forMs: 3_600_000, redispatchMs: 10_000 },
    landing: '/',
    debug: false,
    jsonAnswers: true,
    whenAllDown: { kind: 'sorry' },
    siteFolder: '/etc/usher/site',
    stateFolder: '/etc/usher/state',
    statusPage: false,
    hitCounter: false,
    notify: [],
    secondaries: [secondary(8086), secondary(8087)],
  });
  const page = { name: 'page', options: { mode: 'assigned', ask: '/favicon.ico' } };
  const random = { name: 'random', options: {} };
  const balance = { name: 'balance', options: {} };
  assert.deepEqual(Object.fromEntries(entrances), {
    '/index.html': { policy: random, checks: 'none', delivery: page, affinity: false },
    '/failover1.shtml': { policy: random, checks: 'live', delivery: page, affinity: false },
    '/failover2.shtml': { policy: random, checks: 'cached', delivery: page, affinity: false },
    '/balance1.shtml': { policy: balance, checks: 'live', delivery: page, affinity: false },
    '/balance2.shtml': { policy: balance, checks: 'cached', delivery: page, affinity: false },
    '/splash.html': 'local',
  });
});

test('a config that says everything is taken at its word', async () => {
  const text = await readFile(new URL('contract-example.json', import.meta.url), 'utf8');
  const parsed = parseText(text);
  assert.deepEqual(parsed.ok ? [] : parsed.mistakes, []);
  assert.ok(parsed.ok);
  const { listen, admin, names, trustProxies, policy, checks, whenAllDown, accessLog, secondaries, ...rest } =
    parsed.settings;
  assert.deepEqual(listen, [
    { host: '::', port: 80 },
    { host: '127.0.0.1', port: 8080 },
  ]);
  assert.equal(admin.password, 'scrypt$16384$8$1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo');
  assert.deepEqual(names, ['www.example.org', 'xn--mnchen-3ya.example', '[2001:db8::1]']);
  assert.deepEqual(trustProxies, ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7/32']);
  assert.deepEqual(policy, { name: 'hash', options: { by: 'cookie', cookie: 'PHPSESSID' } });
  assert.equal(checks.everyMs, 40_000);
  assert.equal(checks.freshnessMs, 0);
  assert.deepEqual(whenAllDown, { kind: 'url', url: 'https://sorry.example.org/' });
  assert.equal(accessLog, '/var/log/usher/access.log');
  assert.equal(rest.landing, '/start?from=usher');
  assert.deepEqual([...rest.entrances.keys()], ['/index.html', '/splash.html']);
  assert.deepEqual(
    secondaries.map(({ id, address, at, weight, role, state }) => ({ id, address, at, weight, role, state })),
    [
      {
        id: 'web1',
        address: { kind: 'same-host', scheme: 'http', port: 8086 },
        at: 'http://192.168.1.3:8086',
        weight: 1,
        role: 'active',
        state: 'ready',
      },
      {
        id: 'web8087',
        address: { kind: 'same-host', scheme: 'https', port: 8087 },
        at: 'https://[2001:db8::3]:8080',
        weight: 2.5,
        role: 'active',
        state: 'ready',
      },
      {
        id: 'isp2',
        address: { kind: 'own', origin: 'https://www2.example.org' },
        at: 'https://www2.example.org',
        weight: 1,
        role: 'backup',
        state: 'drain',
      },
      {
        id: 'v6-2001-db8-9',
        address: { kind: 'own', origin: 'http://[2001:db8::9]:8088' },
        at: 'http://10.0.0.9',
        weight: 1,
        role: 'active',
        state: 'ready',
      },
    ],
  );
  const ofChecks = secondaries.map(({ ping, load, rise, fall, timeoutMs }) => ({
    ping: ping.name,
    load: load?.options,
    rise,
    fall,
    timeoutMs,
  }));
  assert.deepEqual(ofChecks, [
    { ping: 'http', load: { pointer: '/load' }, rise: 2, fall: 3, timeoutMs: 2000 },
    { ping: 'http', load: undefined, rise: 2, fall: 3, timeoutMs: 500 },
    { ping: 'http', load: { pointer: '/load' }, rise: 2, fall: 3, timeoutMs: 2000 },
    { ping: 'tcp', load: { pointer: '/load' }, rise: 5, fall: 1, timeoutMs: 2000 },
  ]);
});

test('doors are read from a port, host:port, an object, or a list of these', () => {
  const listenOf = (listen: unknown) => settingsOf({ listen, secondaries: [{ port: 8086 }] }).listen;
  assert.deepEqual(listenOf(0), [{ port: 0 }]);
  assert.deepEqual(listenOf('127.0.0.1:8080'), [{ host: '127.0.0.1', port: 8080 }]);
  assert.deepEqual(listenOf('[::1]:8080'), [{ host: '::1', port: 8080 }]);
  assert.deepEqual(listenOf(':8080'), [{ port: 8080 }]);
  assert.deepEqual(listenOf('*:8080'), [{ port: 8080 }]);
  assert.deepEqual(listenOf({ port: 443, cert: 'tls/c.pem', key: '/k.pem' }), [
    { port: 443, tls: { cert: '/etc/usher/tls/c.pem', key: '/k.pem' } },
  ]);
  assert.deepEqual(listenOf([81, { host: '[::]', port: 82 }]), [{ port: 81 }, { host: '::', port: 82 }]);
});

test('auto threads are one a core, at most four', () => {
  const threads = (cores: number) => {
    const parsed = parseObject({ secondaries: [{ port: 8086 }] }, { ...means, cores });
    assert.ok(parsed.ok);
    return parsed.settings.threads;
  };
  assert.deepEqual([1, 2, 4, 64].map(threads), [1, 2, 4, 4]);
});

test('visitors from inside find a secondary where the primary does, if all of it is plain http', () => {
  const lanOf = (secondary: object): string | undefined => {
    const parsed = parseText(JSON.stringify({ secondaries: [secondary] }));
    assert.ok(parsed.ok);
    return parsed.settings.secondaries[0]?.lan;
  };
  assert.equal(lanOf({ port: 8086, at: '192.168.1.3' }), 'http://192.168.1.3:8086');
  assert.equal(lanOf({ url: 'http://203.0.113.9:8086', at: '192.168.1.3' }), 'http://192.168.1.3:8086');
  assert.equal(lanOf({ url: 'http://www2.example.org', at: '192.168.1.3:8088' }), 'http://192.168.1.3:8088');
  assert.equal(
    lanOf({ url: 'http://203.0.113.9', at: '192.168.1.3', lan: '192.168.1.4' }),
    'http://192.168.1.4',
  );
  for (const secondary of [
    { port: 8086 },
    { url: 'http://203.0.113.9:8086' },
    { url: 'http://203.0.113.9:8086', at: '127.0.0.1' },
    { url: 'https://www2.example.org', at: '192.168.1.3' },
    { url: 'https://www2.example.org', at: 'http://192.168.1.3' },
    { port: 8086, scheme: 'https', at: '192.168.1.3' },
  ]) {
    assert.equal(lanOf(secondary), undefined, JSON.stringify(secondary));
  }
});

test('an address without a port has that of the secondary, and its scheme', () => {
  const atOf = (entry: object) => settingsOf({ secondaries: [entry] }).secondaries[0]?.at;
  assert.equal(atOf({ port: 8086 }), 'http://127.0.0.1:8086');
  assert.equal(atOf({ port: 8443, scheme: 'https', at: 'inside.example' }), 'https://inside.example:8443');
  assert.equal(atOf({ port: 8086, at: '::1' }), 'http://[::1]:8086');
  assert.equal(atOf({ port: 8086, at: 'Inside.Example:9000' }), 'http://inside.example:9000');
  assert.equal(atOf({ port: 8086, at: 'https://inside.example' }), 'https://inside.example');
  assert.equal(atOf({ url: 'https://a.example' }), 'https://a.example');
  assert.equal(atOf({ url: 'https://a.example:8443', at: '10.0.0.1' }), 'https://10.0.0.1:8443');
});

test('an entrance takes from the config what it leaves out', () => {
  const { entrances } = settingsOf({
    policy: 'first',
    checks: { from: 'live' },
    delivery: 'page',
    entrances: { '/a': {}, '/b': { checks: 'none', affinity: false } },
    secondaries: [{ port: 8086 }],
  });
  const [policy, delivery] = [
    { name: 'first', options: {} },
    { name: 'page', options: { mode: 'assigned', ask: '/favicon.ico' } },
  ];
  assert.deepEqual(Object.fromEntries(entrances), {
    '/a': { policy, checks: 'live', delivery, affinity: true },
    '/b': { policy, checks: 'none', delivery, affinity: false },
  });
});

test('an object of a program is told its mistakes by their path', () => {
  const parsed = parseObject({ secondaries: [{ port: '8086' }], entrances: { '/x': { cheks: 1 } } }, means);
  assert.ok(!parsed.ok);
  assert.deepEqual(
    parsed.mistakes.map(({ path, file }) => ({ path, file })),
    [
      { path: 'entrances["/x"].cheks', file: undefined },
      { path: 'secondaries[0].port', file: undefined },
    ],
  );
});

test('whatever else a program hands over is refused, never thrown at', () => {
  const circle: Record<string, unknown> = { port: 8086 };
  circle['self'] = circle;
  const throws = Object.defineProperty({}, 'toJSON', { value: () => assert.fail() });
  const odd = [
    undefined,
    null,
    7,
    'x',
    [],
    new Map(),
    () => 1,
    Symbol('x'),
    1n,
    { secondaries: 'list.json' },
  ];
  for (const config of [
    ...odd,
    { secondaries: [circle] },
    { secondaries: [throws] },
    { secondaries: [1n] },
  ]) {
    const parsed = parseObject(config, means);
    assert.ok(!parsed.ok && parsed.mistakes.length > 0);
  }
});
