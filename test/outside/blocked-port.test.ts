import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { freePort } from '../real/port.ts';
import { startUsher, type Usher } from './usher.ts';

/**
 * Rules of the kernel's own firewall, in a table of their own: what they refuse or drop is what a visitor's network
 * would. Only packets of this test's visitor are meant: he comes from an address of loopback that nobody else uses.
 */
const TABLE = `usher_test_${String(process.pid)}`;
const nft = (...rules: readonly string[]): void => {
  execFileSync('nft', ['-f', '-'], { input: `${rules.join('\n')}\n` });
};

const HOST = '127.77.0.1';
/** Under a name, as browsers treat loopback better than plain http elsewhere: they say there what a request is for. */
const NAME = 'www.example.org';
const EVIL = 'evil.example';
let browser: Browser;
let usher: Usher;
const ports: number[] = [];
/** What browsers said of requests for pages, of which they say nothing over plain http. */
const purposes = new Set<string | undefined>();
const servers = ['one', 'two'].map((name) =>
  createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    if (request.url === '/forum') {
      // by which visitors are moved, or carried
      const paths = ['other?to=/p', `back/web${String(ports[0])}/p`, 'relay?to=/p'];
      const [other, back, relay] = paths.map((path) => url(`/.usher/${path}`));
      response.end(
        `<!doctype html><img src="${other}"><img src="${back}"><script src="${relay}"></script><a href="${relay}">here</a>`,
      );
      return;
    }
    if (request.headers.accept?.includes('text/html')) purposes.add(request.headers['sec-fetch-dest']);
    if (request.url === '/endless') {
      response.write('more');
      return;
    }
    response.end(
      `<!doctype html><title>${name}</title><h1>${name}</h1><p id="path">${(request.url ?? '').replace(/[<&]/g, '')}</p>`,
    );
  }),
);

before(async () => {
  for (const server of servers) {
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    ports.push((server.address() as { port: number }).port);
  }
  const port = await freePort();
  usher = await startUsher({
    port,
    config: {
      listen: [{ host: '0.0.0.0', port }],
      threads: 1,
      delivery: 'page',
      checks: { from: 'none' },
      policy: 'first',
      relay: {},
      secondaries: ports.map((each) => ({ port: each })),
    },
  });
  browser = await openBrowser({ hosts: { [NAME]: HOST, [EVIL]: HOST } });
  nft(`add table ip ${TABLE}`, `add chain ip ${TABLE} out { type filter hook output priority 0 ; }`);
});
after(async () => {
  nft(`add table ip ${TABLE}`, `delete table ip ${TABLE}`);
  await browser.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const block = (verdict: string, blocked: readonly number[]): void => {
  nft(
    `flush chain ip ${TABLE} out`,
    ...(blocked.length === 0
      ? []
      : [`add rule ip ${TABLE} out ip daddr ${HOST} tcp dport { ${blocked.join(', ')} } ${verdict}`]),
  );
};

/** A new visitor. */
const visit = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> => {
  const context = await browser.newContext(options);
  return await context.newPage();
};
const url = (path: string): string => `http://${NAME}:${String(usher.port)}${path}`;

const ownCookies = async (page: Page): Promise<readonly string[]> =>
  (await page.context().cookies(url('/'))).map(({ name, value }) => `${name}=${value}`).sort();

describe('a visitor whose network blocks the ports of the secondaries', () => {
  for (const verdict of ['reject with tcp reset', 'drop']) {
    test(`arrives over the primary's own port, with his path, and stays (${verdict})`, async () => {
      block(verdict, ports);
      const page = await visit();
      await page.goto(url('/deep/path?x=1#part'), { waitUntil: 'commit' });
      await page.waitForSelector('#path', { timeout: 15_000 });
      assert.equal(await page.textContent('#path'), '/deep/path?x=1');
      assert.equal(page.url(), url('/deep/path?x=1#part'));
      await page.goto(url('/again'));
      assert.equal(await page.textContent('#path'), '/again');
      await keepArtefact(`relay-${verdict.split(' ', 1)[0] ?? ''}.png`, await page.screenshot());
      await page.context().close();
    });
  }

  test('goes to another secondary where only one is blocked', async () => {
    block('drop', [ports[0] ?? 0]);
    const page = await visit();
    await page.goto(url('/p'), { waitUntil: 'commit' });
    await page.waitForSelector('h1:text("two")', { timeout: 15_000 });
    assert.equal(page.url(), `http://${NAME}:${String(ports[1])}/p`);
    await page.context().close();
  });

  test('is not carried where nothing is blocked', async () => {
    block('', []);
    const page = await visit();
    await page.goto(url('/p#here'), { waitUntil: 'commit' });
    await page.waitForSelector('h1:text("one")');
    assert.equal(page.url(), `http://${NAME}:${String(ports[0])}/p#here`);
    await page.context().close();
  });

  test('is moved and carried neither by pictures and scripts that somebody put into a page, nor by the link of another site', async () => {
    block('', []);
    const page = await visit();
    await page.goto(url('/p'), { waitUntil: 'commit' });
    await page.waitForSelector('h1:text("one")');
    const before = await ownCookies(page);
    await page.goto(`http://${NAME}:${String(ports[0])}/forum`);
    assert.deepEqual(await ownCookies(page), before);
    for (const rel of ['', 'noreferrer']) {
      await page.goto(`http://${EVIL}:${String(ports[1])}/forum`);
      await page.locator('a').evaluate((link, value) => {
        link.setAttribute('rel', value);
      }, rel);
      await page.click('a');
      await page.waitForSelector('h1:text("one")');
      assert.equal(page.url(), `http://${NAME}:${String(ports[0])}/p`);
      assert.deepEqual(await ownCookies(page), before);
    }
    assert.deepEqual([...purposes], [undefined]);
    await page.context().close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`finds the way in by hand without script (${colorScheme})`, async () => {
      block('reject with tcp reset', ports);
      const phone = { viewport: { width: 390, height: 844 } };
      const page = await visit({
        javaScriptEnabled: false,
        colorScheme,
        ...(colorScheme === 'dark' ? phone : {}),
      });
      await page.goto(url('/quiet'));
      await keepArtefact(`reaching-${colorScheme}.png`, await page.screenshot());
      await page.click('text=come in through here');
      await page.waitForSelector('#path');
      assert.equal(await page.textContent('#path'), '/quiet');
      await page.context().close();
    });
  }
});

test('while the relay is full a page says so to whoever is to be carried, and once there is room he arrives', async (t) => {
  const port = await freePort();
  const primary = await startUsher({
    port,
    config: {
      listen: [{ host: '0.0.0.0', port }],
      ...{ threads: 1, delivery: 'page', checks: { from: 'none' } },
      relay: { connections: 1, paths: ['/endless'] },
      secondaries: ports.map((each) => ({ port: each })),
    },
  });
  block('reject with tcp reset', ports);
  const leaving = new AbortController();
  t.after(() => {
    leaving.abort();
  });
  const endless = await fetch(`${primary.url}/endless`, { signal: leaving.signal });
  assert.equal(endless.status, 200);
  const page = await visit();
  await page.goto(`http://${NAME}:${String(port)}/deep?x=1`, { waitUntil: 'commit' });
  await page.waitForSelector('h1:text("The side entrance is full.")', { timeout: 20_000 });
  await keepArtefact('relay-full-in-chromium.png', await page.screenshot());
  leaving.abort();
  await page.click('#again');
  await page.waitForSelector('#path', { timeout: 30_000 });
  assert.equal(await page.textContent('#path'), '/deep?x=1');
  await page.context().close();
});

for (const mode of ['random', 'fastest']) {
  describe(`a page of mode ${mode}, for a visitor whose network blocks the ports of the secondaries`, () => {
    let primary: Usher;
    before(async () => {
      const port = await freePort();
      primary = await startUsher({
        port,
        config: {
          listen: [{ host: '0.0.0.0', port }],
          threads: 1,
          delivery: { page: mode },
          checks: { from: 'none' },
          relay: {},
          // the one that is blocked is drawn, but for one visitor in ten thousand
          secondaries: ports.map((each, place) => ({ port: each, weight: place === 0 ? 1000 : 0.1 })),
        },
      });
    });
    for (const verdict of ['reject with tcp reset', 'drop']) {
      test(`leads to the relay, with his path, or to the one that is open (${verdict})`, async () => {
        const at = `http://${NAME}:${String(primary.port)}`;
        block(verdict, ports);
        const page = await visit();
        await page.goto(`${at}/deep?x=1#part`, { waitUntil: 'commit' });
        await page.waitForSelector('#path', { timeout: 15_000 });
        assert.equal(await page.textContent('#path'), '/deep?x=1');
        assert.equal(page.url(), `${at}/deep?x=1#part`);
        await page.context().close();
        block(verdict, [ports[0] ?? 0]);
        const next = await visit();
        await next.goto(`${at}/p`, { waitUntil: 'commit' });
        await next.waitForSelector('h1:text("two")', { timeout: 15_000 });
        assert.equal(next.url(), `http://${NAME}:${String(ports[1])}/p`);
        await next.context().close();
      });
    }
  });
}
