import assert from 'node:assert/strict';
import { test } from 'node:test';
import { about, diagnose } from '../doctor/diagnose.ts';
import { startApache, type WebServer, type WebServerWishes } from '../real/apache.ts';
import { startNginx } from '../real/nginx.ts';
import { askRaw } from './raw.ts';
import { startUsher } from './usher.ts';

/** Spellings that one web server or another takes for the same path. */
const SPELLINGS = [
  ...['/STATUS', '//STATUS', '/./STATUS', '/%2e/STATUS', '/a/../STATUS', '/a/%2e%2e/STATUS', '/../STATUS'],
  ...[
    '/STATUS?auto',
    '/STATUS/',
    '/STATUS/x',
    '/STATUS//',
    '/STATUS;x',
    '/STATUS.',
    '/STATUS%20',
    '/STATUS%00',
  ],
  ...[
    '/STATUS%2f',
    '/%2fSTATUS',
    '/x%2f..%2fSTATUS',
    '/;/STATUS',
    '/.;/STATUS',
    '/a;b/../STATUS',
    '/\\STATUS',
  ],
  ...['http://www.example.org/STATUS?auto', 'http://www.example.org//STATUS'],
];
const TELLS = /Apache Server|ServerVersion|BusyWorkers|Active connections/;

/** A web server as its manual has it: its state for local addresses only. */
interface Guarded {
  readonly status: string;
  readonly start: (wishes: WebServerWishes) => Promise<WebServer>;
  readonly config: string;
  /** by which it goes by the visitor's address */
  readonly remedy: string;
  readonly remedyTold: RegExp;
}

const MODULES = '/usr/lib/apache2/modules';
const GUARDED: Readonly<Record<string, Guarded>> = {
  Apache: {
    status: 'server-status',
    start: startApache,
    config: `LoadModule authz_host_module ${MODULES}/mod_authz_host.so
<Location /server-status>
Require local
</Location>
RewriteEngine On
RewriteRule ^/alias$ /server-status [PT]`,
    remedy: `LoadModule remoteip_module ${MODULES}/mod_remoteip.so
RemoteIPHeader X-Forwarded-For
RemoteIPInternalProxy 127.0.0.1`,
    remedyTold: /RemoteIPInternalProxy 127\.0\.0\.1/,
  },
  nginx: {
    status: 'nginx_status',
    start: startNginx,
    // What every nginx of a test shows to everybody would be told as well.
    config: `rewrite ^/nginx-status$ /nothing last;
location = /nginx_status { allow 127.0.0.1; deny all; stub_status; }
location = /alias { allow 127.0.0.1; deny all; stub_status; }`,
    remedy: 'set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;',
    remedyTold: /set_real_ip_from 127\.0\.0\.1; real_ip_header X-Forwarded-For;/,
  },
};

const carriedTo = ({ port }: WebServer, relay: object = {}) => ({
  threads: 1,
  checks: { from: 'none' },
  entrances: {},
  delivery: 'relay',
  trustProxies: ['127.0.0.0/8'],
  relay,
  secondaries: [{ id: 'web1', port }],
});

for (const [name, { status, start, config, remedy, remedyTold }] of Object.entries(GUARDED)) {
  test(`what ${name} shows to local addresses only is carried to nobody, however it is asked for`, async (t) => {
    const server = await start({ config });
    t.after(server.stop);
    const [usher, open] = await Promise.all([
      startUsher({ config: carriedTo(server) }),
      startUsher({ config: carriedTo(server, { refuse: [] }) }),
    ]);
    const ask = (port: number, target: string) =>
      askRaw(
        port,
        `GET ${target} HTTP/1.1\r\nHost: www.example.org\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n`,
      );
    assert.equal((await ask(usher.port, '/')).status, 200);
    assert.match((await ask(open.port, `/${status}`)).body, TELLS, 'there is something to be kept');
    for (const spelling of SPELLINGS) {
      const target = spelling.replace('STATUS', status);
      assert.doesNotMatch((await ask(usher.port, target)).body, TELLS, target);
    }
    const { status: sent, head } = await ask(usher.port, `/${status}`);
    assert.equal(sent, 302);
    assert.match(head, new RegExp(`^location: http://www\\.example\\.org:${server.port}/${status}\r$`, 'im'));
  });

  test(`the doctor tells what ${name} shows the relay, and its remedy holds for aliases too`, async (t) => {
    const server = await start({ config });
    t.after(server.stop);
    const carried = { relay: {}, secondaries: [{ id: 'web1', port: server.port }] };
    const [kept] = about(await diagnose(t, { config: carried }), 'relay');
    assert.match(kept?.what ?? '', new RegExp(`^web1 shows /${status}.* when the relay asks, .* to nobody`));
    assert.equal(kept?.hurts, 'nobody');
    assert.match(kept.remedy, remedyTold);
    const opened = { ...carried, relay: { refuse: [] } };
    const [shown] = about(await diagnose(t, { config: opened }), 'relay');
    assert.match(shown?.what ?? '', new RegExp(`^web1 shows /${status}.* to everybody who is carried`));
    assert.equal(shown?.hurts, 'some');

    const mended = await start({ config: `${remedy}\n${config}` });
    t.after(mended.stop);
    const secondaries = [{ id: 'web1', port: mended.port }];
    const healthy = await diagnose(t, { config: { relay: { refuse: [] }, secondaries } });
    assert.deepEqual(about(healthy, 'relay'), []);
    assert.ok(healthy.fine.includes('relay: no secondary shows its state to whoever is carried'));
    const usher = await startUsher({ config: carriedTo(mended) });
    const alias = 'GET /alias HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n';
    assert.equal((await askRaw(usher.port, alias)).status, 403);
    assert.match(await (await fetch(`${mended.origin}/${status}`)).text(), TELLS, 'the load is still read');
  });
}
