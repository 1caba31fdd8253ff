import fc from 'fast-check';

const host = fc.constantFrom(
  'a.example',
  'www.b-c.example',
  '10.1.2.3',
  '[2001:db8::5]',
  'xn--mnchen-3ya.example',
);
const duration = fc.constantFrom('100ms', '1s', '1.5s', '2s', '40s', '1m');
const path = fc.stringMatching(/^\/[a-z0-9._~-]{0,12}$/);
const file = fc.stringMatching(/^[a-z][a-z0-9/]{0,10}$/);
const policy = fc.constantFrom(
  ...['random', 'round-robin', 'first', 'two-choices', 'balance', 'hash'],
  ...[{ hash: 'cookie' }, { hash: 'path' }, { random: true }],
);
const ping = fc.oneof(
  fc.constantFrom('http', 'tcp', { tcp: true }),
  fc.record(
    {
      http: path,
      expect: fc.string({ minLength: 1 }),
      status: fc.constantFrom(204, [200, 302]),
      strict: fc.boolean(),
    },
    { requiredKeys: ['http'] },
  ),
  fc.record({ exec: fc.array(fc.string(), { minLength: 1, maxLength: 3 }) }),
);
const load = path.map((pointer) => ({ json: pointer }));
const notice = fc.oneof(
  fc.record(
    {
      webhook: host.map((one) => `https://${one}/hook?x=1`),
      events: fc.constantFrom('all', ['held', 'bug']),
    },
    { requiredKeys: ['webhook'] },
  ),
  fc.record({
    exec: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
    timeout: duration,
  }),
);
const count = fc.integer({ min: 1, max: 100 });

const some = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(shape, { requiredKeys: [] });

const entry = some({
  at: fc.oneof(
    host,
    host.map((one) => `${one}:9000`),
    host.map((one) => `https://${one}`),
  ),
  weight: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(0.001, 0.5, 2.25)),
  role: fc.constantFrom('active', 'backup'),
  state: fc.constantFrom('ready', 'drain', 'maintenance'),
  ping,
  load: fc.oneof(load, fc.constant(false)),
  rise: count,
  fall: count,
  timeout: duration,
  until: fc.constantFrom('2030-01-31T06:00:00Z', '2030-01-31T06:00+01:00'),
})
  // an end is the end of something
  .map(({ until, ...rest }) =>
    until === undefined || rest.state === undefined || rest.state === 'ready' ? rest : { ...rest, until },
  );

/** Ports from 10100 and hosts by number: no two secondaries are the same. */
const secondaries = fc
  .array(fc.tuple(entry, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 5 })
  .map((entries) =>
    entries.map(([rest, isUrl, isNamed], at) => ({
      ...(isUrl ? { url: `https://s${at}.example` } : { port: 10_100 + at }),
      ...(isNamed ? { id: `id-${at}` } : {}),
      ...rest,
    })),
  );

const entrance = fc.oneof(
  fc.constant('local'),
  some({
    policy,
    checks: fc.constantFrom('none', 'live', 'cached'),
    delivery: fc.constantFrom('page', 'redirect', 'relay'),
    affinity: fc.boolean(),
  }),
);

/** Any config that is in order, as an object. */
export const arbitraryConfig: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    rest: some({
      listen: fc.constantFrom<unknown>(80, 0, '127.0.0.1:8080', [{ host: '::', port: 80 }, '*:81'], {
        port: 82,
      }),
      admin: some({
        listen: fc.constantFrom<unknown>(8079, '[::1]:9079', 'localhost:0'),
        password: fc.constant('scrypt$16384$8$1$c2FsdHNhbHQ$aGFzaA'),
      }),
      threads: fc.constantFrom<unknown>('auto', 1, 64),
      names: fc.array(host, { minLength: 1, maxLength: 3 }),
      trustProxies: fc.subarray(['10.0.0.0/8', '2001:db8::/32', '192.0.2.7']),
      lan: fc.subarray(['192.168.0.0/16', 'fd00::/8', '203.0.113.7']),
      policy,
      checks: some({
        from: fc.constantFrom('none', 'live', 'cached'),
        every: duration,
        files: file,
        worker: fc.constantFrom('own', 'elsewhere'),
        freshness: fc.oneof(duration, fc.constant('0s')),
        rise: count,
        fall: count,
        timeout: duration,
        slowReturn: duration,
        freshen: fc.integer({ min: 0, max: 4 }),
        ping,
        load,
      }),
      delivery: fc.constantFrom<unknown>('redirect', 'page', { page: 'fastest' }),
      affinity: fc.oneof(
        fc.constant(false),
        some({ cookie: fc.constantFrom('usher', 'a.b'), for: duration }),
      ),
      relay: fc.oneof(
        fc.constant(false),
        some({
          connections: fc.integer({ min: 1, max: 10_000 }),
          bytes: fc.constantFrom('500MB', '1.5GB', '64GiB'),
          for: fc.constantFrom('1m', '2h'),
          webSockets: fc.boolean(),
          paths: fc.array(
            path.map((each) => `${each}*`),
            { maxLength: 2 },
          ),
          userAgents: fc.subarray(['curl', 'Wget']),
          timeouts: some({ connect: duration, answer: duration, idle: duration }),
        }),
      ),
      landing: path,
      debug: fc.boolean(),
      jsonAnswers: fc.boolean(),
      whenAllDown: fc.constantFrom('sorry', 'anyone', 'local', 'https://sorry.example/a?b=c#d'),
      siteFolder: file,
      statusPage: fc.boolean(),
      wayIn: fc.constantFrom(false, '12h'),
      hitCounter: fc.boolean(),
      notify: fc.array(notice, { maxLength: 3 }),
      accessLog: fc.oneof(fc.constantFrom<unknown>(false, '-'), file),
      entrances: fc.dictionary(path, entrance, { maxKeys: 3 }),
    }),
    secondaries,
  })
  // the shortest span of an affinity is a second
  .map(({ rest, secondaries: list }) => ({ ...JSON.parse(JSON.stringify(rest)), secondaries: list }))
  .filter(({ affinity }) => affinity?.for !== '100ms');
