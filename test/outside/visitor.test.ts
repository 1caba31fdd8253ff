import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startApache, type WebServer } from '../real/apache.ts';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { startNginx } from '../real/nginx.ts';
import { freePort } from '../real/port.ts';
import { until } from './until.ts';
import { startUsher, type Usher } from './usher.ts';

let apache: WebServer;
let nginx: WebServer;
let browser: Browser;
let usher: Usher;

before(async () => {
  [apache, nginx, browser] = await Promise.all([
    startApache({ port: await freePort() }),
    startNginx({ port: await freePort() }),
    openBrowser(),
  ]);
  usher = await startUsher({
    config: {
      checks: { from: 'cached', every: '300ms', rise: 1, fall: 2, timeout: '1s', freshness: '0s' },
      secondaries: [
        { id: 'apache', port: apache.port, load: { apache: '/server-status?auto' } },
        { id: 'nginx', port: nginx.port, load: { nginx: '/nginx-status' } },
      ],
    },
  });
});
after(async () => {
  await Promise.all([browser.close(), apache.stop(), nginx.stop()]);
});

/** A visitor with cookies of his own. */
const newVisitor = async (
  t: TestContext,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ context: BrowserContext; page: Page }> => {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  return { context, page: await context.newPage() };
};

const at = (page: Page): URL => new URL(page.url());
const ports = (): string[] => [String(apache.port), String(nginx.port)];

/** Goes there and on, until he is on one of the secondaries. */
const visit = async (page: Page, path: string): Promise<URL> => {
  await page.goto(`${usher.url}${path}`);
  await page.waitForURL((url) => ports().includes(url.port), { timeout: 10_000 });
  return at(page);
};

describe('a browser', () => {
  test('is bounced between Apache and nginx by /, and stays with one as long as it keeps its cookie', async (t) => {
    const seen = new Set<string>();
    for (let n = 0; n < 40 && seen.size < 2; n += 1) {
      const { context, page } = await newVisitor(t);
      const { port } = await visit(page, '/');
      seen.add(port);
      await context.close();
    }
    assert.deepEqual([...seen].sort(), ports().sort());

    const { page } = await newVisitor(t);
    const { port } = await visit(page, '/');
    for (let n = 0; n < 10; n += 1) assert.equal((await visit(page, `/page/${n}`)).port, port);
  });

  test('who says of everybody that he does not work is sent to the one that he left first, each time, and stays', async (t) => {
    for (const id of ['apache', 'nginx']) {
      await usher.event('health-changed', { fits: ({ secondary, to }) => secondary === id && to === 'up' });
    }
    const { page } = await newVisitor(t);
    let { port } = await visit(page, '/');
    for (const turn of [1, 2, 3, 4]) {
      const other = await visit(page, `/.usher/other?to=/page/${String(turn)}?x`);
      assert.notEqual(other.port, port);
      assert.equal(other.pathname + other.search, `/page/${String(turn)}?x`);
      ({ port } = other);
      await keepArtefact(`way-out-${String(turn)}.png`, await page.screenshot());
      for (const again of ['/a', '/b']) assert.equal((await visit(page, again)).port, port);
    }
  });

  for (const entrance of ['/index.html', '/failover1.shtml', '/failover2.shtml']) {
    test(`is bounced by ${entrance} at every visit anew, with what stands behind ? and #`, async (t) => {
      const { page } = await newVisitor(t);
      const seen = new Set<string>();
      for (let n = 0; n < 40 && seen.size < 2; n += 1) {
        const { port, search, hash } = await visit(page, `${entrance}?turn=${n}#part`);
        assert.equal(search, `?turn=${n}`);
        assert.equal(hash, '#part');
        seen.add(port);
      }
      assert.equal(seen.size, 2, 'forty times the same one');
    });
  }

  for (const entrance of ['/balance1.shtml', '/balance2.shtml']) {
    test(`gets through ${entrance}`, async (t) => {
      const { page } = await newVisitor(t);
      await visit(page, entrance);
    });
  }

  test('keeps path, query and fragment through a redirect', async (t) => {
    const { page } = await newVisitor(t);
    const { pathname, search, hash } = await visit(page, '/a/b%20c/%E4?x=1&y=%2F#part/2');
    assert.equal(pathname + search + hash, '/a/b%20c/%E4?x=1&y=%2F#part/2');
  });

  test('keeps path, query and fragment through a page, and "back" does not lead into a trap', async (t) => {
    const paged = await startUsher({
      config: {
        delivery: 'page',
        checks: { from: 'none' },
        secondaries: [{ port: apache.port }, { port: nginx.port }],
      },
    });
    t.after(paged.stop);
    const { page } = await newVisitor(t);
    await page.goto('about:blank');
    await page.goto(`${paged.url}/a/b%20c?x=1&y='"<>#part/2`);
    await page.waitForURL((url) => ports().includes(url.port));
    const { pathname, search, hash } = at(page);
    assert.equal(pathname, '/a/b%20c');
    assert.equal(decodeURIComponent(search), `?x=1&y='"<>`);
    assert.equal(hash, '#part/2');
    await page.goBack();
    assert.equal(page.url(), 'about:blank');
  });

  test('without script sees the splash page of the primary, and a link leads on', async (t) => {
    const { page } = await newVisitor(t, { javaScriptEnabled: false });
    const answer = await page.goto(`${usher.url}/index.html?a=b`);
    assert.equal(answer?.status(), 200);
    assert.equal(at(page).port, String(usher.port));
    await page.getByRole('link', { name: /continue/i }).click();
    await page.waitForURL((url) => ports().includes(url.port));
    assert.equal(at(page).search, '?a=b');
  });
});

/** The server dies as it does when the power goes. */
const crash = async (id: string): Promise<void> => {
  const server = id === 'apache' ? apache : nginx;
  server.signal('SIGKILL');
  await server.ended;
};

/** It is there again, on the port it had. */
const comeBack = async (id: string): Promise<void> => {
  if (id === 'apache') {
    await apache.stop();
    apache = await startApache({ port: apache.port });
  } else {
    await nginx.stop();
    nginx = await startNginx({ port: nginx.port });
  }
};

/** The ports that so many newcomers are sent to. */
const sentTo = (count: number): Promise<readonly string[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const { headers } = await fetch(usher.url, { redirect: 'manual' });
      return new URL(headers.get('location') ?? usher.url).port;
    }),
  );

describe('when secondaries die', () => {
  test('one dead: always the survivor; both: a page that waits and goes on by itself when one is back', async (t) => {
    const { page: bound } = await newVisitor(t);
    const { port: his } = await visit(bound, '/mine');
    const [first, second] =
      his === String(apache.port) ? (['apache', 'nginx'] as const) : (['nginx', 'apache'] as const);
    const survivor = String(second === 'apache' ? apache.port : nginx.port);

    let seen = usher.events.length;
    await crash(first);
    await usher.event('health-changed', {
      after: seen,
      fits: ({ secondary, to }) => secondary === first && to === 'down',
    });
    // The threads that answer hear of it a moment after the log.
    await until(async () => (await sentTo(12)).every((port) => port === survivor));
    assert.equal((await visit(bound, '/mine')).port, survivor, 'his cookie held him to the dead one');
    for (let n = 0; n < 10; n += 1) {
      const { context, page } = await newVisitor(t);
      assert.equal((await visit(page, '/')).port, survivor);
      assert.equal((await visit(page, '/failover1.shtml')).port, survivor);
      await context.close();
    }

    seen = usher.events.length;
    await crash(second);
    await usher.event('health-changed', {
      after: seen,
      fits: ({ secondary, to }) => secondary === second && to === 'down',
    });
    const { page } = await newVisitor(t);
    const answer = await page.goto(`${usher.url}/wanted?x=1#part`);
    assert.equal(answer?.status(), 503);
    assert.match(await page.innerText('body'), /\w+ \w+/);
    await keepArtefact('nobody-left.png', await page.screenshot());

    await comeBack(first);
    await page.waitForURL((url) => url.port === his, { timeout: 20_000 });
    assert.equal(at(page).pathname + at(page).search, '/wanted?x=1');
    await comeBack(second);
  });
});
