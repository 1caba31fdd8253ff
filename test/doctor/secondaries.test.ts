import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import tls from 'node:tls';
import { makeCertificate } from '../real/certificate.ts';
import { freePort } from '../real/port.ts';
import { startWebServer } from '../real/web-server.ts';
import { about, diagnose, type Told } from './diagnose.ts';

/** Answers with a page and headers. */
const page =
  (body: string, headers: Readonly<Record<string, string | readonly string[]>> = {}): RequestListener =>
  (_, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('content-type', 'text/html');
    response.end(body);
  };

const SHOP = '<title>Shop</title><p>Welcome to our shop, we have things for everybody</p>';
const ROUTER = '<title>Router</title><p>Please enter your password</p>';

const diagnosed = async (
  t: TestContext,
  listeners: readonly RequestListener[],
  more: object = {},
): Promise<Told> => {
  const servers = await Promise.all(listeners.map(startWebServer));
  for (const { stop } of servers) t.after(stop);
  const secondaries = servers.map(({ port }, at) => ({
    id: `web${at + 1}`,
    port: 8086 + at,
    at: `127.0.0.1:${port}`,
  }));
  return diagnose(t, { config: { secondaries, ...more } });
};

test('the one secondary that shows another site than most is named, with both', async (t) => {
  const told = await diagnosed(t, [page(SHOP), page(ROUTER), page(SHOP.replace('shop', 'shop no. 3'))]);
  const [finding, ...others] = about(told, 'content');
  assert.deepEqual(others, []);
  assert.match(
    finding?.what ?? '',
    /^web2 shows another site \(titled "Router"\) at \/ than web1 and web3 \(titled "Shop"\)/,
  );
});

test('of two secondaries that differ, neither is called the wrong one', async (t) => {
  const [finding] = about(await diagnosed(t, [page(SHOP), page(ROUTER)]), 'content');
  assert.match(
    finding?.what ?? '',
    /^The secondaries show different sites at \/: web1 titled "Shop", web2 titled "Router"/,
  );
});

test('a landing page that is not there is found behind a ping that passes', async (t) => {
  const told = await diagnosed(t, [page(SHOP), page(SHOP)], { landing: '/' });
  assert.deepEqual(about(told, 'content'), []);
  const missing: RequestListener = (request, response) => {
    response.writeHead(request.url === '/shop' ? 404 : 200).end();
  };
  const [finding] = about(await diagnosed(t, [missing], { landing: '/shop' }), 'content');
  assert.match(
    finding?.what ?? '',
    /^web1 passes its ping, but the landing page \/shop is answered with HTTP 404/,
  );
});

test('cookies of one name collide over the ports of a host; those of other paths do not', async (t) => {
  const both = [
    page(SHOP, { 'set-cookie': ['a=1; Path=/one', 'sid=1; Expires=Wed, 21 Oct 2037 10:00:00 GMT; Path=/'] }),
    page(SHOP, { 'set-cookie': ['a=1; Path=/two', 'sid=2'] }),
  ];
  const [without, ...others] = about(await diagnosed(t, both, { affinity: false }), 'cookies');
  assert.deepEqual(others, []);
  assert.equal(without?.hurts, 'some');
  assert.match(without.what, /^web1 and web2 each set a cookie sid for localhost\//);
  const [bound] = about(await diagnosed(t, both), 'cookies');
  assert.equal(bound?.hurts, 'nobody');
});

test("a cookie of the affinity cookie's name overwrites it", async (t) => {
  const [finding] = about(await diagnosed(t, [page(SHOP, { 'set-cookie': 'usher=1' })]), 'cookies');
  assert.match(finding?.what ?? '', /^web1 sets a cookie usher, the name of the primary's own/);
});

test('upgrade-insecure-requests on a plain port is found in the header and in the page', async (t) => {
  const policy = "default-src 'self'; upgrade-insecure-requests";
  const told = await diagnosed(t, [
    page(SHOP, { 'content-security-policy': policy }),
    page(`<meta http-equiv="Content-Security-Policy" content="${policy}">${SHOP}`),
    page(`${SHOP}<p>About upgrade-insecure-requests</p>`),
  ]);
  const found = about(told, 'https');
  assert.deepEqual(
    found.map(({ what }) => what.slice(0, 4)),
    ['web1', 'web2'],
  );
});

test('HSTS over plain http is told as harmless', async (t) => {
  const hsts = { 'strict-transport-security': 'max-age=31536000' };
  const [plain] = about(await diagnosed(t, [page(SHOP, hsts)]), 'hsts');
  assert.equal(plain?.hurts, 'nobody');
  const off = { 'strict-transport-security': 'max-age=0' };
  assert.deepEqual(about(await diagnosed(t, [page(SHOP, off)]), 'hsts'), []);
});

test('a clock apart is told with how much and which way', async (t) => {
  const at =
    (ms: number): RequestListener =>
    (request, response) =>
      page(SHOP, { date: new Date(Date.now() + ms).toUTCString() })(request, response);
  const told = await diagnosed(t, [at(0), at(-3_600_000), at(35_000)]);
  const found = about(told, 'clocks');
  assert.equal(found.length, 2);
  assert.match(found[0]?.what ?? '', /^The clock of web2 is 60 minutes behind/);
  assert.equal(found[0]?.hurts, 'some');
  assert.match(found[1]?.what ?? '', /^The clock of web3 is \d\d seconds ahead/);
  assert.equal(found[1]?.hurts, 'nobody');
});

test('when machines agree with one another and not with this one, its own clock is the wrong one', async (t) => {
  const late: RequestListener = (request, response) => {
    page(SHOP, { date: new Date(Date.now() - 600_000).toUTCString() })(request, response);
  };
  const servers = [await startWebServer(late), await startWebServer(late)];
  for (const { stop } of servers) t.after(stop);
  const [one, other] = servers.map(({ port }) => port);
  const at = (first: string, second: string) => ({
    secondaries: [
      { port: 8086, at: `${first}:${one}` },
      { port: 8087, at: `${second}:${other}` },
    ],
  });
  const two = about(await diagnose(t, { config: at('127.0.0.1', 'localhost') }), 'clocks');
  assert.equal(two.length, 1);
  assert.match(
    two[0]?.what ?? '',
    /agree with one another and are 10 minutes behind this machine's: its own/,
  );
  assert.match(two[0]?.remedy ?? '', /^Let this machine keep time/);

  const same = about(await diagnose(t, { config: at('127.0.0.1', '127.0.0.1') }), 'clocks');
  assert.match(same[0]?.what ?? '', /^The clock of web8086 is 10 minutes behind/);
});

test('a ping that fails is told with what mends it', async (t) => {
  const remedyFor = async (answer: RequestListener): Promise<string> =>
    about(await diagnosed(t, [answer]), 'ping')[0]?.remedy ?? '';
  const away = await remedyFor((_, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
  });
  assert.match(away, /^Let the ping ask for a page that .* answers itself/);
  const ill = await remedyFor((_, response) => {
    response.writeHead(500).end();
  });
  assert.match(ill, /^See why .* answers so, or name another page/);
  const cut = await remedyFor((request) => {
    request.socket.destroy();
  });
  assert.match(cut, /switched on and what the firewall lets through/);
});

test('a secondary that a file takes out hurts nobody, whatever its ping says', async (t) => {
  const well = await startWebServer(page(SHOP));
  const ill = await startWebServer((_, response) => {
    response.writeHead(500).end();
  });
  for (const { stop } of [well, ill]) t.after(stop);
  const secondaries = [well, ill].map(({ port }, at) => ({
    id: `web${at + 1}`,
    port: 8086 + at,
    at: `127.0.0.1:${port}`,
  }));
  const files = { 'state/maintenance/web2': { text: '' } };
  assert.deepEqual(about(await diagnose(t, { config: { secondaries }, files }), 'web2'), []);
  assert.deepEqual(about(await diagnose(t, { config: { secondaries }, files }), 'ping'), []);
  assert.equal(about(await diagnose(t, { config: { secondaries } }), 'ping').length, 1);
});

test('a certificate that ends soon, one that nobody trusts, and HSTS beside plain ports are told', async (t) => {
  const { cert, key } = await makeCertificate('DNS:shop.test');
  const hsts = { 'strict-transport-security': 'max-age=31536000' };
  const server = createTlsServer({ cert, key }, page(SHOP, hsts)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const plain = await startWebServer(page(SHOP));
  t.after(plain.stop);
  const { port } = server.address() as AddressInfo;
  const secondaries = [
    { id: 'safe', url: 'https://shop.test:8443', at: `127.0.0.1:${port}` },
    { id: 'plain', port: 8086, at: `127.0.0.1:${plain.port}` },
  ];
  const told = await diagnose(t, { config: { secondaries, names: ['shop.test'] } });
  const found = about(told, 'certificate');
  assert.deepEqual(
    found.map(({ hurts }) => hurts),
    ['some', 'soon'],
  );
  assert.match(found[0]?.what ?? '', /^The certificate of safe is not trusted: /);
  assert.match(found[1]?.what ?? '', /^The certificate of safe ends in 1 day, on /);

  tls.setDefaultCACertificates([cert]);
  const trusted = await diagnose(t, { config: { secondaries, names: ['shop.test'] } });
  assert.deepEqual(
    about(trusted, 'certificate').map(({ hurts }) => hurts),
    ['soon'],
  );
  const [strict] = about(trusted, 'hsts');
  assert.equal(strict?.hurts, 'everybody');
  assert.match(
    strict.what,
    /^safe sends .* every port of shop\.test by https, and the primary and plain speak plain http/,
  );
});

test('HSTS of a secondary is told where the primary is plain, and spares a primary that has https for it', async (t) => {
  const { cert, key } = await makeCertificate('DNS:shop.test');
  tls.setDefaultCACertificates([cert]);
  const policy = { 'strict-transport-security': 'max-age=31536000' };
  const server = createTlsServer({ cert, key }, page(SHOP, policy)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const plain = await startWebServer(page(SHOP));
  t.after(plain.stop);
  const { port } = server.address() as AddressInfo;
  const safe = { id: 'safe', url: 'https://shop.test:8443', at: `127.0.0.1:${port}` };
  const names = ['www.other.test', 'shop.test'];

  const locked = await diagnose(t, { config: { secondaries: [safe], names } });
  const [strict] = about(locked, 'hsts');
  assert.equal(strict?.hurts, 'everybody');
  assert.match(strict.what, /by https, and the primary speaks plain http\.$/);
  assert.ok(!locked.fine.some((line) => line.startsWith('https:')));

  const files = { 'cert.pem': { text: cert }, 'key.pem': { text: key } };
  const listen = [{ port: 80 }, { port: 443, cert: 'cert.pem', key: 'key.pem' }];
  const led = await diagnose(t, { config: { listen, secondaries: [safe], names }, files });
  assert.deepEqual(about(led, 'hsts'), []);
  assert.ok(led.fine.some((line) => line.startsWith('https:')));

  const beside = { id: 'plain', port: 8086, at: `127.0.0.1:${plain.port}` };
  const mixed = await diagnose(t, {
    config: { listen, secondaries: [safe, beside], names: ['shop.test'] },
    files,
  });
  const [some] = about(mixed, 'hsts');
  assert.equal(some?.hurts, 'some');
  assert.match(some.what, /by https, and plain speaks plain http\.$/);
});

test('a secondary that refuses is told; when none is left it hurts everybody', async (t) => {
  const at = `127.0.0.1:${await freePort()}`;
  const well = await startWebServer(page(SHOP));
  t.after(well.stop);
  const dead = { id: 'dead', port: 8086, at };
  const one = await diagnose(t, {
    config: { secondaries: [dead, { port: 8087, at: `127.0.0.1:${well.port}` }] },
  });
  assert.deepEqual(
    about(one, 'ping').map(({ hurts }) => hurts),
    ['some'],
  );
  const alike = { id: 'gone', port: 8088, at };
  const none = await diagnose(t, { config: { secondaries: [dead, alike] } });
  assert.match(about(none, 'ping')[0]?.what ?? '', /^dead and gone fail their ping \(refused: /);
  assert.deepEqual(
    about(none, 'ping').map(({ hurts }) => hurts),
    ['everybody'],
  );
  assert.ok(!none.fine.some((line) => /^(redirects|cookies|https):/.test(line)));
});

test('a load reader that tells nothing, and one that others have, are told', async (t) => {
  const loads: RequestListener = (request, response) => {
    response.end(request.url === '/load' ? '{}' : SHOP);
  };
  const server = await startWebServer(loads);
  t.after(server.stop);
  const at = `127.0.0.1:${server.port}`;
  const secondaries = [
    { port: 8086, at, load: { json: '/load' } },
    { port: 8087, at },
  ];
  const told = about(await diagnose(t, { config: { secondaries } }), 'load');
  assert.equal(told.length, 2);
  assert.match(told[0]?.what ?? '', /^The load reader json of web8086 /);
  assert.match(told[1]?.what ?? '', /^web8087 has no load reader while others have one/);
});
