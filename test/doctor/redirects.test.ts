import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guard } from '../../ops/guard/express.js';
import { startApache } from '../real/apache.ts';
import { makeCertificate } from '../real/certificate.ts';
import { startNginx } from '../real/nginx.ts';
import { freePort } from '../real/port.ts';
import { startWebServer } from '../real/web-server.ts';
import { about, diagnose } from './diagnose.ts';

const files = {
  'index.html': '<title>Shop</title><p>Welcome to the shop</p><a href="docs/">more</a>',
  'docs/index.html': '<title>More</title>',
};

test('a real Apache and a real nginx that name their own port in redirects are found, and the remedies help', async (t) => {
  const naming = {
    apache: await startApache({ files, config: 'UseCanonicalName On\nServerName shop.test:8087' }),
    nginx: await startNginx({ files }),
  };
  const cured = {
    apache: await startApache({ files, config: 'UseCanonicalName Off\nUseCanonicalPhysicalPort Off' }),
    nginx: await startNginx({ files, config: 'absolute_redirect off;' }),
  };
  for (const server of [...Object.values(naming), ...Object.values(cured)]) t.after(server.stop);
  const pool = ({ apache, nginx }: typeof naming) => ({
    secondaries: [
      { id: 'apache', port: 8086, at: `127.0.0.1:${apache.port}` },
      { id: 'nginx', port: 8087, at: `127.0.0.1:${nginx.port}` },
    ],
  });

  const sick = await diagnose(t, { config: pool(naming), args: ['--as', 'shop.test'] });
  const [one, other] = about(sick, 'redirect');
  assert.equal(
    one?.what,
    'apache answers /docs with a redirect to http://shop.test:8087/docs/, which is nginx: its visitors end up there whatever was chosen for them.',
  );
  assert.match(
    other?.what ?? '',
    new RegExp(
      `^nginx answers /docs with a redirect to http://shop.test:${naming.nginx.port}/docs/. Visitors`,
    ),
  );
  assert.match(other?.remedy ?? '', /nginx "absolute_redirect off"/);
  assert.equal(sick.code, 1);

  const well = await diagnose(t, { config: pool(cured), args: ['--as', 'shop.test'] });
  assert.deepEqual(about(well, 'redirect'), []);
  assert.ok(well.fine.includes('redirects: every secondary keeps its visitors'));
});

test('a secondary that sends its visitors back to the primary is a loop', async (t) => {
  const port = await freePort();
  const secondary = await startWebServer((_, response) => {
    response.writeHead(302, { Location: `http://localhost:${port}/` }).end();
  });
  t.after(secondary.stop);
  const config = { listen: port, secondaries: [{ port: 8086, at: `127.0.0.1:${secondary.port}` }] };
  const [finding] = about(await diagnose(t, { config }), 'loop');
  assert.match(finding?.what ?? '', /which is the primary: its visitors are sent back/);
});

test('a secondary that sends its visitors to another host, or to https, loses them', async (t) => {
  const away = await startWebServer((_, response) => {
    response.writeHead(301, { Location: 'http://www.elsewhere.test/' }).end();
  });
  const safe = await startWebServer((request, response) => {
    response.writeHead(301, { Location: `https://${String(request.headers.host)}/` }).end();
  });
  const inner = await startWebServer((request, response) => {
    if (request.url === '/') response.writeHead(302, { Location: '/welcome' }).end();
    else response.end('Welcome');
  });
  for (const { stop } of [away, safe, inner]) t.after(stop);
  const secondaries = [away, safe, inner].map(({ port }, at) => ({
    port: 8086 + at,
    at: `127.0.0.1:${port}`,
  }));
  const told = about(await diagnose(t, { config: { secondaries } }), 'redirect');
  assert.equal(told.length, 2);
  assert.match(
    told[0]?.what ?? '',
    /^web8086 .* http:\/\/www\.elsewhere\.test\/, another host than the localhost/,
  );
  assert.match(told[0]?.remedy ?? '', /--as www\.elsewhere\.test/);
  assert.match(
    told[1]?.what ?? '',
    /^web8087 .* https:\/\/localhost:8087\/. .*by https no secondary is listed/,
  );
});

test('a guard of the kit is no loop, but one that can never see the cookie of the primary is found', async (t) => {
  const { cert, key } = await makeCertificate('DNS:shop.test');
  const port = await freePort();
  const startGuarded = (primary: string) => {
    const through = guard({ primary });
    return startWebServer((request, response) => {
      through(request, response, () => response.end(files['index.html']));
    });
  };
  const [plain, secure] = await Promise.all(
    ['http', 'https'].map((scheme) => startGuarded(`${scheme}://shop.test:${port}`)),
  );
  assert.ok(plain && secure);
  for (const { stop } of [plain, secure]) t.after(stop);
  const args = ['--as', 'shop.test'];
  const secondaries = (server: typeof plain) => [{ id: 'web1', port: 8086, at: `127.0.0.1:${server.port}` }];

  const well = await diagnose(t, { args, config: { listen: port, secondaries: secondaries(plain) } });
  assert.deepEqual([...about(well, 'loop'), ...about(well, 'redirect'), ...about(well, 'guard')], []);
  assert.ok(well.fine.some((line) => line.startsWith('guard: ')));

  const listen = [{ port, cert: 'cert.pem', key: 'key.pem' }];
  const tls = { files: { 'cert.pem': { text: cert }, 'key.pem': { text: key, mode: 0o600 } }, args };
  const unseen = await diagnose(t, { ...tls, config: { listen, secondaries: secondaries(secure) } });
  assert.deepEqual(about(unseen, 'loop'), []);
  assert.match(
    about(unseen, 'guard')[0]?.what ?? '',
    /browsers keep a cookie of https from http:\/\/shop\.test:8086: /,
  );

  const unbound = { affinity: false, listen: port, secondaries: secondaries(plain) };
  const [none] = about(await diagnose(t, { args, config: unbound }), 'guard');
  assert.match(none?.what ?? '', /"affinity": false nobody gets one/);
});
