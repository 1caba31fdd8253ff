import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { guard } from '../../ops/guard/express.js';
import { ask, BOOKMARK } from './ask.ts';
import { until } from '../outside/until.ts';
import { guards, type Guarded } from './guards.ts';

const PRIMARY = 'http://www.shop.test';
const SENT = { ...BOOKMARK, cookie: 'other=1; usher=web1.x.y' };

for (const [name, start] of Object.entries(guards)) {
  describe(`the guard for ${name}`, () => {
    let guarded: Guarded;
    before(async () => {
      guarded = await start(PRIMARY);
    });
    after(() => guarded.stop());

    test('who comes past the primary is sent through it, his path and query kept byte for byte', async () => {
      for (const target of ['/docs/page.html', '/', '/a%20b/%3f', '//evil.test/x', '/docs/;x']) {
        const { status, location, headers } = await ask(guarded.port, target);
        assert.equal(status, 302, target);
        assert.equal(location, `${PRIMARY}${target}?usher-through=1`);
        assert.equal(headers['cache-control'], 'no-store');
      }
      const query = '/docs/page.html?q=%2F&r=http://x/?y';
      assert.equal((await ask(guarded.port, query)).location, `${PRIMARY}${query}&usher-through=1`);
      const headless = await ask(guarded.port, '/docs/page.html', BOOKMARK, 'HEAD');
      assert.equal(headless.status, 302);
      const fromElsewhere = { ...BOOKMARK, referer: `http://evil.test/127.0.0.1:${guarded.port}/` };
      assert.equal((await ask(guarded.port, '/docs/page.html', fromElsewhere)).status, 302);
      const foreign = { ...BOOKMARK, cookie: 'musher=1; xusher=2; usher2=3' };
      assert.equal((await ask(guarded.port, '/docs/page.html', foreign)).status, 302);
    });

    test('who was sent sees the page, with the address that search engines should know', async () => {
      for (const cookie of ['usher=web1.x.y', 'a=1; __Host-usher=web1.x.y']) {
        const { status, headers, body } = await ask(guarded.port, '/docs/page.html?q=1', {
          ...BOOKMARK,
          cookie,
        });
        assert.equal(status, 200);
        assert.match(body, /what was wanted/);
        assert.equal(headers['link'], `<${PRIMARY}/docs/page.html?q=1>; rel="canonical"`);
        assert.notEqual(headers['cache-control'], 'no-store');
      }
    });

    test('who takes no cookies is sent only once', async () => {
      const { status, body, headers } = await ask(guarded.port, '/docs/page.html?q=1&usher-through=1');
      assert.equal(status, 200);
      assert.match(body, /what was wanted/);
      assert.equal(headers['link'], `<${PRIMARY}/docs/page.html?q=1>; rel="canonical"`);
    });

    test('who is back with the cookie loses the mark and stays on this server, also by https and name of a relay before it', async () => {
      const relayed = { ...SENT, host: 'www.shop.test', 'x-forwarded-proto': 'https' };
      const ways = [
        [`http://127.0.0.1:${guarded.port}`, SENT],
        ['https://www.shop.test', relayed],
      ] as const;
      const targets = [
        '/docs/page.html',
        '/docs/page.html?q=%2F&r=/x/y',
        '//evil.test/x',
        '/a%3fb',
        '/',
        '/docs/',
      ];
      for (const [here, sent] of ways) {
        for (const target of targets) {
          const marked = `${target}${target.includes('?') ? '&' : '?'}usher-through=1`;
          const { status, location = '', headers } = await ask(guarded.port, marked, sent);
          assert.equal(status, 302, target);
          assert.equal(new URL(location, here + marked).href, here + target);
          assert.equal(headers['cache-control'], 'no-store');
        }
      }
    });

    test('pictures, parts of pages, forms and links within the site are left alone', async () => {
      const picture = await ask(guarded.port, '/dot.svg', { accept: 'image/*,*/*' });
      assert.equal(picture.status, 200);
      assert.equal(picture.headers['link'], undefined);
      const frame = { ...BOOKMARK, 'sec-fetch-dest': 'iframe' };
      assert.equal((await ask(guarded.port, '/docs/page.html', frame)).status, 200);
      const inside = { ...BOOKMARK, referer: `http://127.0.0.1:${guarded.port}/` };
      assert.equal((await ask(guarded.port, '/docs/page.html', inside)).status, 200);
      assert.notEqual((await ask(guarded.port, '/docs/page.html', BOOKMARK, 'POST')).status, 302);
    });

    test('once drained it hands a visitor back with the next page that he opens, and with nothing else', async () => {
      await guarded.drain();
      try {
        for (const target of ['/docs/page.html', '/docs/page.html?q=%2F&r=x', '//evil.test/x']) {
          const { status, location, headers } = await ask(guarded.port, target, SENT);
          assert.equal(status, 302, target);
          const mark = `${target.includes('?') ? '&' : '?'}usher-through=1`;
          assert.equal(location, `${PRIMARY}/.usher/back/web1${target}${mark}`);
          assert.equal(headers['cache-control'], 'no-store');
        }
        const inside = {
          ...SENT,
          referer: `http://127.0.0.1:${guarded.port}/`,
          'sec-fetch-dest': 'document',
        };
        assert.equal((await ask(guarded.port, '/docs/page.html', inside)).status, 302);

        const kept: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
          ['/docs/page.html', SENT, 'POST'],
          ['/docs/page.html', { cookie: SENT.cookie, accept: 'application/json' }, 'GET'],
          ['/docs/page.html', { ...SENT, 'sec-fetch-dest': 'empty' }, 'GET'],
          ['/docs/page.html', { ...SENT, 'sec-fetch-dest': 'iframe' }, 'GET'],
          ['/docs/page.html', { ...SENT, 'sec-purpose': 'prefetch' }, 'GET'],
          ['/dot.svg', { cookie: SENT.cookie, accept: 'image/*' }, 'GET'],
        ];
        for (const [target, headers, method] of kept) {
          const { status } = await ask(guarded.port, target, headers, method);
          assert.notEqual(status, 302, `${method} ${target} ${JSON.stringify(headers)}`);
        }
        // the primary has nobody else for him
        const { status, body } = await ask(guarded.port, '/docs/page.html?usher-through=1', SENT);
        assert.equal(status, 200);
        assert.match(body, /what was wanted/);
        const stray = await ask(guarded.port, '/docs/page.html');
        assert.equal(stray.location, `${PRIMARY}/docs/page.html?usher-through=1`);
      } finally {
        await guarded.undrain();
      }
      assert.equal((await ask(guarded.port, '/docs/page.html', SENT)).status, 200);
    });

    test('its log tells whom the primary sent the visitor to and since when, and never the signature', async () => {
      const signature = 'AbCd_-0123456789abcdef';
      const cookies = [
        `usher=web1.t5c2k0.${signature}0`,
        `a=b; usher=web1.t5c2k0.${signature}; c=d`,
        `usher=web1.t5c2k0.${signature}_a-Z`,
        'usher=<x>',
      ];
      for (const cookie of cookies) await ask(guarded.port, '/docs/page.html', { ...BOOKMARK, cookie });
      // A line is written once its visitor has gone: those of visits before may still come.
      await until(
        async () => (await guarded.assignments()).slice(-4).join(' ') === '- web1.t5c2k0 web1.t5c2k0 -',
      );
      assert.doesNotMatch((await guarded.assignments()).join(' '), /AbCd_/);
    });
  });
}

test('a primary that is no origin is refused when the middleware is made', () => {
  for (const primary of ['http://www.shop.test/path', 'ftp://www.shop.test', 'www.shop.test']) {
    assert.throws(() => guard({ primary }), TypeError);
  }
});
