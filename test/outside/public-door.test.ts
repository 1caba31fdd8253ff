import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { freePort } from '../real/port.ts';
import { askRaw, openRaw, requestText } from './raw.ts';
import { startUsher, type Usher } from './usher.ts';

let usher: Usher;
let ports: readonly number[];

before(async () => {
  ports = [await freePort(), await freePort()];
  usher = await startUsher({
    config: {
      names: ['www.example.org', '192.0.2.7', '[2001:db8::7]'],
      policy: 'round-robin',
      checks: { from: 'none' },
      landing: '/start',
      secondaries: [
        { id: 'web1', port: ports[0] },
        { id: 'web2', port: ports[1] },
      ],
      entrances: {
        '/page': { policy: 'random', checks: 'none', delivery: 'page' },
        '/splash.html': 'local',
      },
    },
  });
});

const isSecondary = (location: string | undefined, target: string, host = 'www.example.org'): void => {
  const fits = ports.map((port) => `http://${host}:${port}${target}`);
  assert.ok(
    location !== undefined && fits.includes(location),
    `Location ${location}, expected ${fits.join(' or ')}`,
  );
};

describe('what a method gets', () => {
  for (const [method, status] of Object.entries({
    GET: 302,
    HEAD: 302,
    POST: 307,
    PUT: 307,
    PATCH: 307,
    DELETE: 307,
    OPTIONS: 307,
    PROPFIND: 307,
  })) {
    test(`${method} is sent on by ${status}, without a body, stored by nobody`, async () => {
      const reply = await askRaw(usher.port, requestText(`${method} /a?b=c`), { head: method === 'HEAD' });
      assert.equal(reply.status, status);
      isSecondary(reply.header('location'), '/a?b=c');
      assert.equal(reply.header('cache-control'), 'no-store');
      assert.equal(reply.header('content-length') ?? '0', '0');
      assert.ok(reply.header('date'));
      assert.equal(reply.body, '');
    });
  }

  test('TRACE is refused by 405', async () => {
    const reply = await askRaw(usher.port, requestText('TRACE /'));
    assert.equal(reply.status, 405);
    assert.equal(reply.header('location'), undefined);
  });

  test('the whole head, cookie and date included, is at most 300 bytes', async () => {
    const reply = await askRaw(usher.port, requestText('GET /a/path/of/usual/length?with=a&query=too'));
    assert.ok(reply.header('set-cookie'));
    assert.ok(reply.head.length <= 300, `${reply.head.length} bytes: ${reply.head}`);
  });
});

describe('where he lands', () => {
  test('a visitor of / lands where the config says', async () => {
    isSecondary((await askRaw(usher.port, requestText('GET /'))).header('location'), '/start');
    isSecondary((await askRaw(usher.port, requestText('GET /?a=b'))).header('location'), '/start?a=b');
  });

  for (const target of [
    '/%zz',
    '//evil.example/x',
    '/\\evil.example/x',
    '/a//b/../c/./d',
    '/x?next=http://evil.example',
    '/<script>"\'`{}|^',
    '/@evil.example',
    '/:80@evil.example',
    '/;a=b,c&d',
    `/${'x'.repeat(8_000)}`,
  ]) {
    test(`${target.slice(0, 40)} reaches the secondary byte for byte`, async () => {
      const reply = await askRaw(usher.port, requestText(`GET ${target}`));
      assert.equal(reply.status, 302);
      isSecondary(reply.header('location'), target);
    });
  }

  for (const [host, named] of [
    ['www.example.org:8080', 'www.example.org'],
    ['WWW.Example.ORG', 'www.example.org'],
    ['192.0.2.7:80', '192.0.2.7'],
    ['[2001:db8::7]', '[2001:db8::7]'],
    ['[2001:DB8::7]:80', '[2001:db8::7]'],
  ] as const) {
    test(`a visitor of ${host} is sent to a port of ${named}`, async () => {
      isSecondary(
        (await askRaw(usher.port, requestText('GET /x', { Host: host }))).header('location'),
        '/x',
        named,
      );
    });
  }

  test('a target in absolute form that names the same host counts as its path', async () => {
    const reply = await askRaw(usher.port, requestText('GET http://www.example.org/x?y'));
    assert.equal(reply.status, 302);
    isSecondary(reply.header('location'), '/x?y');
  });
});

describe('what is no visit', () => {
  const refused: readonly (readonly [what: string, bytes: string, statuses: readonly number[]])[] = [
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', [400]],
    ['an empty Host', requestText('GET /', { Host: '' }), [400]],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: www.example.org\r\nHost: www.example.org\r\n\r\n', [400]],
    [
      'two Hosts in two spellings',
      'GET / HTTP/1.1\r\nHost: www.example.org\r\nhOST: evil.example\r\n\r\n',
      [400],
    ],
    ['a Host with a user', requestText('GET /', { Host: 'www.example.org:80@evil.example' }), [400]],
    ['a Host with a quote', requestText('GET /', { Host: 'evil"><x' }), [400]],
    ['a Host with a path', requestText('GET /', { Host: 'www.example.org/evil' }), [400]],
    ['a Host with a space', requestText('GET /', { Host: 'www.example.org evil' }), [400]],
    ['a Host with a port of six digits', requestText('GET /', { Host: 'www.example.org:123456' }), [400]],
    ['a Host list', requestText('GET /', { Host: 'www.example.org,evil.example' }), [400]],
    ['a name that is not ours', requestText('GET /', { Host: 'evil.example' }), [421]],
    ['an absolute form that names another host', requestText('GET http://evil.example/'), [400, 421]],
    ['an absolute form of another scheme', requestText('GET ftp://www.example.org/'), [400]],
    ['an asterisk', requestText('OPTIONS *'), [400]],
    ['an authority', requestText('CONNECT evil.example:443', { Host: 'evil.example:443' }), [400, 405, 421]],
    ['an authority under GET', requestText('GET evil.example:443'), [400]],
    ['a fragment', requestText('GET /a#b'), [400]],
    ['a byte beyond ASCII', requestText('GET /\u00e4'), [400]],
    ['a control byte', requestText('GET /\x01'), [400]],
    ['a NUL', requestText('GET /\0'), [400]],
    ['no HTTP at all', 'nonsense\r\n\r\n', [400]],
    ['TLS spoken to a plain door', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', [400]],
    [
      'a head of 40 KiB',
      requestText('GET /', { Host: 'www.example.org', X: 'x'.repeat(40_960) }),
      [431, 400],
    ],
  ];
  for (const [what, bytes, statuses] of refused) {
    test(`${what} is refused by ${statuses.join(' or ')}, never sent on`, async () => {
      const reply = await askRaw(usher.port, Buffer.from(bytes, 'latin1'));
      assert.ok(statuses.includes(reply.status), `${reply.status}`);
      assert.equal(reply.header('location'), undefined);
      assert.ok(!reply.body.includes('evil'), 'the refusal repeats what was sent');
    });
  }

  test('a WebSocket handshake gets 426 and a sentence', async () => {
    const reply = await askRaw(
      usher.port,
      requestText('GET /chat', {
        Host: 'www.example.org',
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version': '13',
      }),
    );
    assert.equal(reply.status, 426);
    assert.equal(reply.header('location'), undefined);
    assert.match(reply.body, /\w+ \w+/);
  });

  test('16 KiB of cookies, as other ports of the host may set them, are no mistake', async () => {
    const reply = await askRaw(
      usher.port,
      requestText('GET /x', { Host: 'www.example.org', Cookie: `PHPSESSID=${'x'.repeat(16_384)}` }),
    );
    assert.equal(reply.status, 302);
  });
});

describe('bodies', () => {
  test('a POST is answered before its body comes, and the connection closes', async () => {
    const raw = await openRaw(usher.port);
    raw.write(requestText('POST /form', { Host: 'www.example.org', 'Content-Length': '1000000' }));
    const reply = await raw.reply();
    assert.equal(reply?.status, 307);
    assert.equal(reply.header('connection'), 'close');
    await raw.closed;
  });

  test('Expect: 100-continue is answered by the 307 itself', async () => {
    const raw = await openRaw(usher.port);
    raw.write(
      requestText('POST /form', { Host: 'www.example.org', Expect: '100-continue', 'Content-Length': '10' }),
    );
    const reply = await raw.reply();
    assert.equal(reply?.status, 307);
    isSecondary(reply.header('location'), '/form');
    assert.equal(reply.header('connection'), 'close');
    await raw.closed;
  });

  const inner = requestText('GET /smuggled');
  for (const [what, bytes] of [
    [
      'a measured body',
      requestText('POST /a', { Host: 'www.example.org', 'Content-Length': `${inner.length}` }, inner),
    ],
    [
      'a chunked body',
      requestText(
        'POST /a',
        { Host: 'www.example.org', 'Transfer-Encoding': 'chunked' },
        `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`,
      ),
    ],
    [
      'a body under GET',
      requestText('GET /a', { Host: 'www.example.org', 'Content-Length': `${inner.length}` }, inner),
    ],
    [
      'a length and chunks at once',
      requestText(
        'POST /a',
        { Host: 'www.example.org', 'Content-Length': '4', 'Transfer-Encoding': 'chunked' },
        `0\r\n\r\n${inner}`,
      ),
    ],
    [
      'two lengths',
      `POST /a HTTP/1.1\r\nHost: www.example.org\r\nContent-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    ],
    [
      'a length in two words',
      requestText('POST /a', { Host: 'www.example.org', 'Content-Length': '+0, 0' }, inner),
    ],
    [
      'a blank before the colon',
      `POST /a HTTP/1.1\r\nHost: www.example.org\r\nContent-Length : ${inner.length}\r\n\r\n${inner}`,
    ],
    [
      'a folded header',
      `POST /a HTTP/1.1\r\nHost: www.example.org\r\nX: y\r\n Transfer-Encoding: chunked\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    ],
    [
      'an encoding nobody knows',
      requestText('POST /a', { Host: 'www.example.org', 'Transfer-Encoding': 'xchunked' }, inner),
    ],
  ] as const) {
    test(`${what} is never taken for a visit`, async () => {
      const raw = await openRaw(usher.port);
      raw.write(bytes);
      const first = await raw.reply();
      assert.ok(first === undefined || [302, 307, 400].includes(first.status), `${first?.status}`);
      assert.ok(!(first?.header('location') ?? '').includes('smuggled'));
      assert.equal(await raw.reply(), undefined, 'a second answer came');
      await raw.closed;
    });
  }
});

describe('connections', () => {
  test('visits that come down one connection at once are answered in turn', async () => {
    const raw = await openRaw(usher.port);
    const targets = Array.from({ length: 50 }, (_, n) => `/nr/${n}`);
    raw.write(targets.map((target) => requestText(`GET ${target}`)).join(''));
    for (const target of targets) isSecondary((await raw.reply())?.header('location'), target);
    raw.close();
  });

  test('a request that comes byte by byte is answered like any other', async () => {
    const raw = await openRaw(usher.port);
    for (const byte of requestText('GET /slow?and=steady', { Host: 'www.example.org', Cookie: 'a=b' })) {
      raw.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    isSecondary((await raw.reply())?.header('location'), '/slow?and=steady');
    raw.close();
  });

  test('a mixed row of visits, pages and mistakes on one connection keeps its order', async () => {
    const raw = await openRaw(usher.port);
    raw.write(
      [
        requestText('GET /one'),
        requestText('GET /page'),
        requestText('GET /two', { Host: 'evil.example' }),
        requestText('GET /splash.html'),
        requestText('GET /three'),
      ].join(''),
    );
    isSecondary((await raw.reply())?.header('location'), '/one');
    const page = await raw.reply();
    assert.equal(page?.status, 200);
    assert.match(page.header('content-type') ?? '', /^text\/html/);
    // A refusal may end the connection; what follows it is then not answered at all.
    assert.equal((await raw.reply())?.status, 421);
    const splash = await raw.reply();
    if (splash !== undefined) {
      assert.equal(splash.status, 200);
      isSecondary((await raw.reply())?.header('location'), '/three');
    }
    raw.close();
  });

  test('HTTP/1.0 with a Host is sent on, and the connection closes', async () => {
    const raw = await openRaw(usher.port);
    raw.write('GET /old HTTP/1.0\r\nHost: www.example.org\r\n\r\n');
    const reply = await raw.reply();
    assert.equal(reply?.status, 302);
    isSecondary(reply.header('location'), '/old');
    await raw.closed;
  });

  test('HTTP/1.0 without a Host is refused, for there is no host to name', async () => {
    const reply = await askRaw(usher.port, 'GET /old HTTP/1.0\r\n\r\n');
    assert.equal(reply.status, 400);
  });

  test('Connection: close is kept', async () => {
    const raw = await openRaw(usher.port);
    raw.write(requestText('GET /x', { Host: 'www.example.org', Connection: 'close' }));
    const reply = await raw.reply();
    assert.equal(reply?.header('connection'), 'close');
    await raw.closed;
  });
});

describe('the page', () => {
  test('HEAD of a page gets its headers and no body', async () => {
    const raw = await openRaw(usher.port);
    raw.write(requestText('HEAD /page') + requestText('GET /next'));
    const reply = await raw.reply({ head: true });
    assert.equal(reply?.status, 200);
    assert.match(reply.header('content-type') ?? '', /^text\/html/);
    isSecondary((await raw.reply())?.header('location'), '/next');
    raw.close();
  });

  test('a page is one answer: no-store, a policy for its script, nothing loaded from elsewhere', async () => {
    const reply = await askRaw(usher.port, requestText('GET /page?a=b'));
    assert.equal(reply.status, 200);
    assert.equal(reply.header('cache-control'), 'no-store');
    assert.match(reply.header('content-security-policy') ?? '', /default-src 'none'/);
    assert.equal(reply.header('strict-transport-security'), undefined);
    assert.doesNotMatch(reply.header('content-security-policy') ?? '', /upgrade-insecure-requests/);
    assert.doesNotMatch(reply.body, /<(script|img|iframe)[^>]+src=|<link[^>]+stylesheet/);
    assert.match(reply.body, /location\.replace/);
  });

  test('POST to an entrance that is a page is sent on by 307', async () => {
    const reply = await askRaw(
      usher.port,
      requestText('POST /page', { Host: 'www.example.org', 'Content-Length': '0' }),
    );
    assert.equal(reply.status, 307);
  });
});
