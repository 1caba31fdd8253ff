import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { freePort } from '../real/port.ts';
import { startUsher, type Usher } from './usher.ts';

const LIFELINE = readFileSync(new URL('../../ops/lifeline/usher-lifeline.js', import.meta.url));

let browser: Browser;
let usher: Usher;
let primary = '';
let config: Readonly<Record<string, unknown>>;
let port = 0;
const ports: number[] = [];

/** Pages of a secondary that bring the way in along. */
const secondary = (): Server =>
  createServer((request, response) => {
    if (request.url === '/usher-lifeline.js') {
      response.setHeader('Content-Type', 'text/javascript').end(LIFELINE);
      return;
    }
    if (request.url === '/carried/worker.js') {
      response.setHeader('Service-Worker-Allowed', '/').setHeader('Cache-Control', 'max-age=3600');
      response
        .setHeader('Content-Type', 'text/javascript')
        .end('addEventListener("install", () => skipWaiting())');
      return;
    }
    const plain = `${request.method ?? ''} ${request.url ?? ''}`.replace(/[<&"]/g, '');
    response.setHeader('Content-Type', 'text/html');
    response.end(
      `<!doctype html><title>here</title><p id="path">${plain}</p>` +
        `<script src="/usher-lifeline.js" data-primary="${primary}" data-way-in></script>`,
    );
  });
const servers = [secondary(), secondary()];

before(async () => {
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as { port: number }).port);
  }
  port = await freePort();
  primary = `http://localhost:${String(port)}`;
  config = {
    wayIn: '1h',
    checks: { from: 'none' },
    policy: 'first',
    secondaries: ports.map((each) => ({ port: each })),
  };
  usher = await startUsher({ port, config });
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const at = (nth: 0 | 1): string => `http://localhost:${String(ports[nth])}`;
/** A visitor whose browser has learned whom the primary sends him to. */
const arrive = async (): Promise<Page> => {
  const page = await (await browser.newContext()).newPage();
  const learned = page.context().waitForEvent('serviceworker', {
    predicate: (worker) => worker.url().endsWith('/.usher/way-in.js'),
    timeout: 60_000,
  });
  await page.goto(`${primary}/start`);
  const worker = await learned;
  await worker.evaluate(async () => {
    while (!(await caches.has('/.usher/way-in.list')))
      await new Promise((resolve) => setTimeout(resolve, 50));
  });
  return page;
};

describe('the way in while the primary is down', () => {
  test('leads whoever was there before to a secondary that he knows, with his path; once it is back all is as before', async () => {
    const page = await arrive();
    await page.goto(`${primary}/while/up?x=1#part`);
    assert.equal(page.url(), `${at(0)}/while/up?x=1#part`);
    usher.signal('SIGKILL');
    await usher.ended;
    await page.goto(`${primary}/while/down?x=1#part`);
    assert.equal(page.url(), `${at(0)}/while/down?x=1#part`);
    assert.equal(await page.textContent('#path'), 'GET /while/down?x=1');
    await keepArtefact('way-in.png', await page.screenshot());
    // The first in his list is gone too.
    servers[0]?.closeAllConnections();
    servers[0]?.close();
    await page.goto(`${primary}//evil.example/<script>alert(1)</script>`);
    assert.equal(new URL(page.url()).origin, at(1));
    assert.match(new URL(page.url()).pathname, /^\/\/evil\.example\//);
    // A stranger's browser knows nobody.
    const stranger = await (await browser.newContext()).newPage();
    await assert.rejects(stranger.goto(`${primary}/x`), /ERR_CONNECTION_REFUSED/);
    // What a form sends is not sent elsewhere.
    await page.setContent(`<form method="post" action="${primary}/form"><button>send</button></form>`);
    const failed = page.waitForEvent('requestfailed', (request) => request.method() === 'POST');
    await page.click('button', { noWaitAfter: true });
    assert.equal((await failed).url(), `${primary}/form`);
    usher = await startUsher({
      port,
      config: { ...config, whenAllDown: 'sorry', policy: 'round-robin' },
      keep: usher,
    });
    await page.goto(`${primary}/.usher/other?to=/back/again`);
    assert.equal(page.url(), `${at(1)}/back/again`);
    await page.context().close();
    await stranger.context().close();
    servers[0]?.listen(ports[0], '127.0.0.1');
  });

  test('is not taken where the primary answers anything, and is gone once the config does not want it any more', async () => {
    const page = await arrive();
    const worked = await fetch(`${primary}/.usher/way-in.js`);
    assert.equal(worked.headers.get('service-worker-allowed'), '/');
    assert.match(worked.headers.get('content-security-policy') ?? '', /^default-src 'none'; connect-src /);
    const { length } = usher.events;
    usher.edit({
      ...config,
      wayIn: false,
      secondaries: ports.map((each) => ({ port: each, state: 'maintenance' })),
    });
    await usher.event('config-loaded', { after: length });
    const isOff = async (): Promise<boolean> => (await fetch(`${primary}/.usher/way-in`)).status === 404;
    while (!(await isOff())) await new Promise((resolve) => setTimeout(resolve, 50));
    const answer = await page.goto(`${primary}/x`);
    assert.equal(answer?.status(), 503);
    assert.equal(page.url(), `${primary}/x`);
    // The page asks again by itself every few seconds, and takes with it whatever runs in it just then.
    const isGone = (): Promise<boolean> =>
      page
        .evaluate(async () => {
          const registration = await navigator.serviceWorker.getRegistration('/');
          // It may be gone before it is said to be updated.
          await registration?.update().catch(() => undefined);
          const known = await navigator.serviceWorker.getRegistration('/');
          return known === undefined && !(await caches.has('/.usher/way-in.list'));
        })
        .catch(() => false);
    while (!(await isGone())) await new Promise((resolve) => setTimeout(resolve, 50));
    await page.context().close();
  });

  test('does not take the place for times when nobody serves for a secondary', async (t) => {
    const own = await freePort();
    const allOut = ports.map((each) => ({ port: each, state: 'maintenance' }));
    const idle = await startUsher({
      port: own,
      config: { ...config, whenAllDown: `${at(1)}/sorry`, secondaries: allOut },
    });
    t.after(idle.stop);
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://localhost:${String(own)}/.usher/way-in`);
    const isKnown = await page.evaluate(async () => {
      const { active } = await navigator.serviceWorker.ready;
      // It has asked the primary once it is.
      while (active?.state !== 'activated') await new Promise((resolve) => setTimeout(resolve, 50));
      return caches.has('/.usher/way-in.list');
    });
    const told = await fetch(idle.url, { headers: { Accept: 'application/json' } });
    const { url, because } = (await told.json()) as { url: string; because: string };
    assert.deepEqual([told.status, url, because], [200, `${at(1)}/sorry`, 'all-down']);
    assert.ok(!isKnown);
    await page.context().close();
  });

  test('goes on beside what the primary carries: a form that is sent; a service worker of a secondary does not come by', async (t) => {
    const carrying = await startUsher({
      config: { ...config, relay: { paths: ['/carried/*'] }, secondaries: [{ port: ports[1] }] },
    });
    t.after(carrying.stop);
    const own = carrying.url.replace('127.0.0.1', 'localhost');
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${own}/.usher/way-in`);
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (navigator.serviceWorker.controller !== null) return;
      await new Promise((resolve) => {
        navigator.serviceWorker.addEventListener('controllerchange', resolve);
      });
    });
    await page.goto(`${own}/carried/page`);
    assert.equal(await page.textContent('#path'), 'GET /carried/page');
    await page.evaluate(() => {
      document.body.innerHTML = '<form method="post" action="/carried/form"><button>send</button></form>';
    });
    await page.click('button');
    await page.waitForURL(`${own}/carried/form`);
    assert.equal(await page.textContent('#path'), 'POST /carried/form');
    // As a script it is carried like any other, and kept by the browser: a registration that looks there finds none.
    const refused = await page.evaluate(async () => {
      const { status } = await fetch('/carried/worker.js');
      const register = (options: RegistrationOptions): Promise<string> =>
        navigator.serviceWorker.register('/carried/worker.js', options).then(
          () => 'registered',
          (error: unknown) => String(error),
        );
      return [status, await register({ scope: '/' }), await register({ scope: '/', updateViaCache: 'all' })];
    });
    assert.equal(refused[0], 200);
    assert.match(String(refused[1]), /bad HTTP response code \(404\)/);
    assert.match(String(refused[2]), /bad HTTP response code \(404\)/);
    const left = await page.evaluate(async () => {
      const all = await navigator.serviceWorker.getRegistrations();
      return all.map(({ active }) => active?.scriptURL);
    });
    assert.deepEqual(left, [`${own}/.usher/way-in.js`]);
    await page.context().close();
  });

  test('leaves alone a service worker of the pages that the primary carries for everybody', async (t) => {
    const carrying = await startUsher({
      config: { ...config, delivery: 'relay', secondaries: [{ port: ports[1] }] },
    });
    t.after(carrying.stop);
    const own = carrying.url.replace('127.0.0.1', 'localhost');
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${own}/carried/page`);
    await page.evaluate(async () => {
      await navigator.serviceWorker.register('/carried/worker.js', { scope: '/' });
      const registration = await navigator.serviceWorker.ready;
      while (registration.active?.scriptURL.endsWith('/carried/worker.js') !== true) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    const begun: string[] = [];
    page.context().on('serviceworker', (worker) => begun.push(worker.url()));
    await page.goto(`${own}/.usher/way-in`);
    const kept = await page.evaluate(async () => {
      // Behind what the page looks at and registers, were it to register anything.
      await navigator.serviceWorker.getRegistration('/');
      const registration = await navigator.serviceWorker.register('/carried/worker.js', { scope: '/' });
      return registration.active?.scriptURL;
    });
    assert.equal(kept, `${own}/carried/worker.js`);
    assert.deepEqual(
      begun.filter((url) => url.endsWith('/way-in.js')),
      [],
    );
    await page.context().close();
  });
});
