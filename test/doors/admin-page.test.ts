import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { pretend, secondary, type Pretend } from '../dashboard/pretend.ts';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { complaintsOf } from '../real/complaints.ts';
import { openAdmin } from './open-admin.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser({ hosts: { 'rebound.example': '127.0.0.1' } });
});
after(() => browser.close());

/** A page that keeps what no page should do: dialogs, errors, breaches of its policy, questions to anybody else. */
const open = async (
  url: string,
  options: BrowserContextOptions = {},
  prepare?: (page: Page) => Promise<void>,
) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await prepare?.(page);
  const faults = complaintsOf(page);
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin)) strangers.push(request.url());
  });
  await page.goto(url);
  const close = async (expected = /^$/): Promise<void> => {
    assert.deepEqual(
      [...faults, ...strangers].filter((fault) => !expected.test(fault)),
      [],
    );
    await context.close();
  };
  return { page, close };
};

/** The page's clock stands, unless a test moves it. */
const standing = async ({ clock }: Page): Promise<void> => {
  await clock.install();
  await clock.pauseAt(Date.now() + 60_000);
};

/** The script has heard from the door and draws. */
const running = (page: Page): Promise<unknown> => page.waitForSelector('#charts:not([hidden])');

const refused = {
  ok: false,
  tookMs: 0.4,
  failure: 'refused',
  detail: 'connect ECONNREFUSED 127.0.0.1:8087',
} as const;

/** The text of each row, with the ages taken out: they differ by the moment. */
const ROWS = `[...document.querySelectorAll('#rows tr')].map((row) => {
  const copy = row.cloneNode(true);
  for (const time of copy.querySelectorAll('time, [hidden]')) time.remove();
  return copy.textContent.replace(/\\s+/g, ' ').trim();
})`;

/** Texts too pale to read. */
const PALE = readFileSync(new URL('../views/pale.js', import.meta.url), 'utf8');

const OVERFLOW = 'document.documentElement.scrollWidth - window.innerWidth';

/** When everything stood on the screen and the script ran, in milliseconds after the navigation began. */
const PAINTED = `new Promise((done) => requestAnimationFrame(() => {
  const [paint] = performance.getEntriesByName('first-contentful-paint');
  const [whole] = performance.getEntriesByType('navigation');
  done(Math.max(paint?.startTime ?? 0, whole?.domContentLoadedEventEnd ?? 0));
}))`;

const SCRIPTS = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(2)</script>',
  '</title></template><svg onload=alert(3)>',
  `\${alert(4)}<%= alert(5) %>`,
  "' onmouseover='alert(6)",
  '\u2028</script>{{alert(7)}}',
];

const hostile = (): Pretend => {
  const pool = pretend(
    SCRIPTS.map((id) =>
      secondary(id, { address: { kind: 'own', origin: `http://${id}` }, at: `http://${id}` }),
    ),
  );
  pool.round({ load: { running: 1 } });
  for (const id of SCRIPTS) pool.check(id, { outcome: { ...refused, detail: id } });
  pool.mistakes(SCRIPTS);
  for (const id of SCRIPTS)
    pool.sources.journal({ type: 'health-changed', secondary: id, from: 'up', to: 'down', because: id });
  return pool;
};

test('script in names, evidence, events and mistakes is shown as text', async () => {
  const pool = hostile();
  const { url } = await openAdmin(pool);
  for (const javaScriptEnabled of [false, true]) {
    const { page, close } = await open(url, { javaScriptEnabled });
    const text = async () => (await page.textContent('body')) ?? '';
    for (const script of SCRIPTS) assert.ok((await text()).includes(script), script);
    if (javaScriptEnabled) {
      await running(page);
      pool.configure({
        secondaries: [...pool.sources.settings().secondaries, secondary('<b onclick=alert(8)>new</b>')],
      });
      pool.mistakes(['<iframe srcdoc="<script>alert(9)</script>">']);
      pool.sources.journal({ type: 'bug', where: '<math>', error: '<svg/onload=alert(10)>' });
      await page.locator('#rows tr').nth(6).waitFor();
      await page.locator('#events', { hasText: 'onload=alert(10)' }).waitFor();
      await page.locator('#mistakes-list', { hasText: '<iframe' }).waitFor();
    }
    assert.equal(
      await page
        .locator('#rows img, #rows script, #rows svg[onload], #events svg, iframe, b[onclick]')
        .count(),
      0,
    );
    await close();
  }
});

test('so it is on the page of the last errors and on that of a secondary', async () => {
  const { url } = await openAdmin(hostile());
  const pages = SCRIPTS.map((id) => [`secondary/${encodeURIComponent(id)}`, id] as const);
  for (const [path, script] of [['ohno', SCRIPTS[0] ?? ''] as const, ...pages]) {
    const { page, close } = await open(new URL(path, url).href);
    assert.ok(((await page.textContent('main')) ?? '').includes(script), path);
    assert.equal(await page.locator('main img, main script, main svg[onload], iframe').count(), 0);
    await close();
  }
});

test('that a load cannot be read is on the page of the secondary, and why', async () => {
  const pool = pretend([secondary('web1')]);
  const told = async (): Promise<string> => {
    const { url } = await openAdmin(pool);
    return (await fetch(new URL('secondary/web1', url))).text();
  };
  pool.check('web1', { load: { running: 4 }, agoMs: 125_000, loadFailure: 'status: HTTP 404' });
  assert.match(
    await told(),
    /<dt>Load<\/dt><dd>4 running, 2 min ago, not read since \(status: HTTP 404\)<\/dd>/,
  );
  pool.check('web1', { loadFailure: 'status: HTTP 404' });
  assert.match(await told(), /<dt>Load<\/dt><dd>not read yet \(status: HTTP 404\)<\/dd>/);
});

test('without script it is a table that says everything', async () => {
  const pool = pretend([secondary('web1'), secondary('web2', { weight: 2 })]);
  pool.round({ load: { running: 4 } });
  pool.check('web2', { outcome: refused });
  pool.visit('web1', { chosen: 12, kept: 3 });
  const { url } = await openAdmin(pool);
  const { page, close } = await open(url, { javaScriptEnabled: false });
  assert.equal(await page.textContent('h1'), 'web2 is down');
  assert.deepEqual(await page.locator('thead th').allTextContents(), [
    'Secondary',
    'Stands',
    'Last checks',
    'Load',
    'Share of new visitors',
    'Visits',
    'Weight',
  ]);
  const [web1 = '', web2 = ''] = await textsOf(page);
  for (const words of [
    'web1',
    ':8086',
    'up',
    'answers in 1.2 ms',
    '4 running',
    'wanted 100 %',
    '12 new, 3 back',
    / about (?:0|12) bound/,
  ]) {
    assert.match(web1, typeof words === 'string' ? new RegExp(words) : words);
  }
  for (const words of [
    'down',
    'nobody listens there',
    'connect ECONNREFUSED 127.0.0.1:8087',
    'down: takes nobody',
  ]) {
    assert.ok(web2.includes(words), `${words}: ${web2}`);
  }
  assert.equal(await page.locator('meta[http-equiv=refresh]').count(), 1);
  await close();
});

/** Playwright reads the page from outside where its own script is off. */
const textsOf = async (page: Page): Promise<string[]> =>
  (await page.locator('#rows tr').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));

test('what the script writes is what the server wrote', async () => {
  const pool = pretend([
    secondary('web1'),
    secondary('web2', { role: 'backup' }),
    secondary('web3', { state: 'drain', weight: 3 }),
    secondary('web4', { address: { kind: 'own', origin: 'https://www4.example.org' } }),
  ]);
  pool.round({ load: { running: 4 } });
  pool.check('web1', { warmingMs: 0 });
  pool.check('web2', { load: { running: 4 }, loadFailure: 'refused: <b>nobody</b>' });
  pool.check('web4', { outcome: refused });
  pool.check('web4', { outcome: refused });
  pool.visit('web3', { chosen: 1200, kept: 3 });
  const { url } = await openAdmin(pool);
  const silent = await open(url, { javaScriptEnabled: false });
  const written = await silent.page.evaluate(ROWS);
  assert.match(String(written), /4 running not read since \(refused: <b>nobody<\/b>\)/);
  const { page, close } = await open(url);
  await running(page);
  assert.deepEqual(await page.evaluate(ROWS), written);
  await close();
  await silent.close();
});

test('a secondary that goes down is seen without a reload, and so is its return', async () => {
  const pool = pretend([secondary('web1'), secondary('web2')]);
  pool.round();
  const { url } = await openAdmin(pool);
  const { page, close } = await open(url);
  await running(page);
  assert.equal(await page.title(), 'Both secondaries work · Usher');
  pool.check('web2', { outcome: refused });
  pool.sources.journal({
    type: 'health-changed',
    secondary: 'web2',
    from: 'up',
    to: 'down',
    because: 'refused: x',
  });
  await page.locator('h1', { hasText: 'web2 is down' }).waitFor();
  assert.equal(await page.title(), 'web2 is down · Usher');
  await page.waitForSelector('tr[data-id=web2][data-health=down]');
  await page.waitForSelector('tr[data-id=web2] .failures:not([d=""])', { state: 'attached' });
  assert.match((await page.textContent('#events li')) ?? '', /web2 is down, was up: refused: x/);
  assert.equal(await page.getAttribute('#icon', 'href'), '/dashboard-icon-trouble.svg');
  pool.mistakes(['usher.json:3:7: "prot" is no key; did you mean "port"?']);
  await page.waitForSelector('#mistakes:not([hidden])');
  pool.mistakes([]);
  await page.waitForSelector('#mistakes', { state: 'hidden' });
  pool.check('web2');
  await page.locator('h1', { hasText: 'Both secondaries work' }).waitFor();
  assert.equal(await page.title(), 'Both secondaries work · Usher');
  await close();
});

test('a secondary may be called as what every object has', async () => {
  const pool = pretend([secondary('constructor'), secondary('web2')]);
  pool.round({ agoMs: 900 });
  const { url, see } = await openAdmin(pool);
  const { page, close } = await open(url);
  await running(page);
  // of several checks within a second those of one come apart from its row
  for (const agoMs of [500, 300, 100]) {
    pool.check('web2', { agoMs, outcome: refused });
    see(pool.sources.pool());
  }
  pool.check('constructor', { outcome: refused });
  for (const id of ['constructor', 'web2']) {
    await page.waitForSelector(`tr[data-id=${id}][data-health=down] .failures:not([d=""])`, {
      state: 'attached',
    });
  }
  await close();
});

test('a door that is gone is said, and found again when it is back', async () => {
  const pool = pretend([secondary('web1')]);
  pool.round();
  const door = await openAdmin(pool);
  // no timer of the page runs: a connection that ends says so by itself
  const { page, close } = await open(door.url, {}, standing);
  await running(page);
  await door.stop();
  await page.locator('#lost', { hasText: 'Usher does not answer' }).waitFor();
  await openAdmin(pool, { listen: { host: '127.0.0.1', port: door.port } });
  await page.locator('#lost[data-tone=fine]', { hasText: 'Usher answers again' }).waitFor();
  await close(/^console: Failed to load resource: net::ERR_/);
});

test('what happened while the door was gone is shown, also when more happens before it was asked for', async () => {
  const pool = pretend([secondary('web1')]);
  pool.round();
  const added = (id: string): void => pool.sources.journal({ type: 'secondary-added', secondary: id });
  const door = await openAdmin(pool);
  let first: Promise<unknown> | undefined;
  const { page, close } = await open(door.url, {}, (made) => {
    first = made.waitForResponse('**/api/journal');
    return Promise.resolve();
  });
  await first;
  const asked = Promise.withResolvers<undefined>();
  const answer = Promise.withResolvers<undefined>();
  await page.route('**/api/journal', async (route) => {
    asked.resolve(undefined);
    await answer.promise;
    await route.continue();
  });
  await door.stop();
  added('meanwhile');
  await openAdmin(pool, { listen: { host: '127.0.0.1', port: door.port } });
  await asked.promise;
  added('later');
  await page.locator('#events', { hasText: 'later' }).waitFor();
  answer.resolve(undefined);
  await page.locator('#events', { hasText: 'meanwhile' }).waitFor();
  const shown = await page.locator('#events li span').allTextContents();
  assert.deepEqual(
    shown.map((words) => /later|meanwhile/.exec(words)?.[0]),
    ['later', 'meanwhile'],
  );
  await close(/^console: Failed to load resource: net::ERR_/);
});

test('a door from which nothing comes is said, also where the connection stands', async () => {
  const pool = pretend([secondary('web1')]);
  pool.round();
  const { url } = await openAdmin(pool);
  const { page, close } = await open(url, {}, standing);
  await running(page);
  await page.clock.runFor(30_000);
  // the next word has come meanwhile, or comes now
  await page.locator('#lost[data-tone=fine]', { hasText: 'Usher answers again' }).waitFor();
  await close();
});

test('a page on another port and a name that was rebound read and change nothing', async () => {
  const pool = pretend([secondary('web1')]);
  pool.round();
  const { url, port } = await openAdmin(pool);
  const neighbour = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>neighbour</title>');
  });
  await new Promise<void>((done) => {
    neighbour.listen(0, '127.0.0.1', done);
  });
  const address = neighbour.address();
  const other = typeof address === 'object' && address !== null ? address.port : 0;
  const context = await browser.newContext();
  const page = await context.newPage();
  const statuses = new Map<string, number>();
  page.on('response', (response) =>
    statuses.set(`${response.request().method()} ${response.url()}`, response.status()),
  );

  await page.goto(`http://127.0.0.1:${other}/`);
  const tried = await page.evaluate(async (door) => {
    const attempt = async (path: string, init?: RequestInit) =>
      fetch(door + path, init).then(
        (answer) => answer.type,
        () => 'blocked',
      );
    return [
      await attempt('api/status'),
      await attempt('api/status', { mode: 'no-cors' }),
      await attempt('api/status', { method: 'POST', mode: 'no-cors', body: '{}' }),
      await attempt('api/status', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{}',
      }),
    ];
  }, url);
  assert.deepEqual(tried, ['blocked', 'opaque', 'opaque', 'blocked']);
  assert.equal(statuses.get(`POST ${url}api/status`), 403);
  assert.equal(statuses.get(`GET ${url}api/status`), 403);

  const rebound = await page.goto(`http://rebound.example:${port}/`);
  assert.equal(rebound?.status(), 421);
  await context.close();
  neighbour.close();
});

test('a thousand secondaries are shown', async (t) => {
  const pool = pretend(Array.from({ length: 1000 }, (_, index) => secondary(`web${index}`)));
  pool.round({ load: { running: 3 } });
  const { url } = await openAdmin(pool);
  const { page, close } = await open(url);
  const paintMs: number = await page.evaluate(PAINTED);
  t.diagnostic(`painted and ready after ${Math.round(paintMs)} ms`);
  await running(page);
  assert.equal(await page.locator('#rows tr').count(), 100);
  await page.click('#more');
  await page.waitForSelector('#rows tr:nth-child(200)');
  assert.equal(await page.locator('#rows tr').count(), 200);
  await page.fill('#find-text', 'web99');
  await page.waitForSelector('#rows tr[data-id=web999]');
  assert.equal(await page.locator('#rows tr:not([hidden])').count(), 11);
  assert.equal(await page.getAttribute('#rows tr:last-child', 'data-id'), 'web999');
  pool.check('web999', { outcome: refused });
  await page.waitForSelector('tr[data-id=web999][data-health=down]', { state: 'attached' });
  // Whoever needs a look comes first where not all can be shown.
  await page.fill('#find-text', '');
  await page.waitForSelector('#rows tr[data-id=web999]:first-child');
  await page.goto(`${url}?from=900`);
  await close();
});

test('it can be looked at: light, dark, on a wall and on a phone', async () => {
  const pool = pretend([
    secondary('web1'),
    secondary('web2', { weight: 2, address: { kind: 'same-host', scheme: 'http', port: 8087 } }),
    secondary('isp2', { role: 'backup', address: { kind: 'own', origin: 'https://www2.example.org' } }),
  ]);
  pool.round({ load: { running: 4 }, sinceMs: 15_000_000 });
  pool.sources.journal({ type: 'started', version: '0.1.0', urls: ['http://localhost/'] });
  pool.check('web2', { outcome: refused });
  pool.mistakes(['usher.json:12:18: "weigth" is no key of a secondary; did you mean "weight"?']);
  const { url } = await openAdmin(pool);
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, width, height] of [
      ['wall', 1920, 1080],
      ['wide', 1280, 900],
      ['phone', 390, 844],
    ] as const) {
      const { page, close } = await open(url, { colorScheme, viewport: { width, height } });
      await running(page);
      await keepArtefact(`dashboard-${colorScheme}-${name}.png`, await page.screenshot({ fullPage: true }));
      const overflow = await page.evaluate(OVERFLOW);
      assert.ok(Number(overflow) <= 0, `${name} is ${String(overflow)} px too wide`);
      assert.deepEqual(await page.evaluate(PALE), []);
      await close();
    }
  }
});
