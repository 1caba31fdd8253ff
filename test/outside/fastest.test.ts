import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { anyTarget } from '../deliveries/arbitrary.ts';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { complaintsOf } from '../real/complaints.ts';
import { askRaw, requestText } from './raw.ts';
import { until } from './until.ts';
import { startUsher, type Usher } from './usher.ts';

const TABS = 6;
const PATHS = 50;

/** A secondary that answers late, and keeps what it was asked. */
interface Late {
  readonly port: number;
  readonly origin: string;
  readonly asked: readonly string[];
  lateMs: number;
  readonly stop: () => void;
}

const startLate = async (lateMs: number): Promise<Late> => {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    setTimeout(() => {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end('<!doctype html><link rel="icon" href="data:,"><title>secondary</title><h1>Arrived</h1>');
    }, late.lateMs);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const late = {
    port,
    origin: `http://127.0.0.1:${port}`,
    asked,
    lateMs,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return late;
};

/** The secondary that a visitor's cookie names. */
const boundTo = async (page: Page): Promise<string | undefined> =>
  (await page.context().cookies()).find(({ name }) => name === 'usher')?.value.split('.')[0];

describe('the page that asks who is fastest, in Chromium', () => {
  let browser: Browser;
  let slow: Late;
  let fast: Late;
  let usher: Usher;

  before(async () => {
    [browser, slow, fast] = await Promise.all([openBrowser(), startLate(250), startLate(0)]);
    usher = await startUsher({
      config: {
        policy: 'first',
        delivery: { page: 'fastest' },
        checks: { from: 'none' },
        entrances: {},
        secondaries: [
          { id: 'slow', port: slow.port },
          { id: 'fast', port: fast.port },
        ],
      },
    });
  });
  after(async () => {
    await browser.close();
    slow.stop();
    fast.stop();
  });

  const visitor = async (t: TestContext, options = {}): Promise<Page> => {
    const context = await browser.newContext(options);
    t.after(() => context.close());
    return context.newPage();
  };

  it('goes to whoever answers first, with path, query and fragment, and is bound to it', async (t) => {
    const page = await visitor(t);
    const complaints = complaintsOf(page);
    await page.goto(`${usher.url}/a/b%2Fc?x=1&y=%22&copy=2#part-3`);
    await page.waitForURL(`${fast.origin}/a/b%2Fc?x=1&y=%22&copy=2#part-3`);
    assert.equal(await page.title(), 'secondary');
    await keepArtefact('fastest.png', await page.screenshot());
    await until(async () => (await boundTo(page)) === 'fast');
    assert.deepEqual(complaints, []);
    // by its cookie it goes there by itself now, whatever the policy says, and nobody is asked
    const asked = (): number => slow.asked.filter((one) => one.startsWith('HEAD')).length;
    const before = asked();
    await page.goto(`${usher.url}/again#there`);
    await page.waitForURL(`${fast.origin}/again#there`);
    assert.equal(asked(), before);
  });

  it('tells how long an answer took, not how long its script had to wait on a machine at work', async (t) => {
    const page = await visitor(t);
    const lateMs = 1200;
    await page.addInitScript(
      ([forMs, tellAt]) => {
        const ask = window.fetch.bind(window);
        const send = navigator.sendBeacon.bind(navigator);
        navigator.sendBeacon = (url) => send(String(url).replace('/.usher/receipt', tellAt));
        window.fetch = (...asked) => {
          const answer = ask(...asked);
          // Behind the script that asks, and before anything that it is told.
          setTimeout(() => {
            const until = performance.now() + forMs;
            while (performance.now() < until);
          });
          window.fetch = ask;
          return answer;
        };
      },
      [lateMs, `${fast.origin}/told`] as const,
    );
    await page.goto(`${usher.url}/x`, { waitUntil: 'commit' });
    const told = (): string | undefined => fast.asked.find((one) => one.includes('/told?'));
    await until(() => told() !== undefined);
    const [, , ...tenths] = told()?.split('.') ?? [];
    assert.equal(tenths.length, 2);
    const [ofSlow = NaN, ofFast = NaN] = tenths.map((each) => Number(each) / 10);
    assert.ok(ofFast < lateMs, `the fast one took ${ofFast} ms`);
    assert.ok(ofSlow > slow.lateMs - 5 && ofSlow < lateMs, `the slow one took ${ofSlow} ms`);
  });

  it('leaves nothing behind for the back button, and works in a private window', async (t) => {
    // a Playwright context is a private window: nothing of it is kept
    const page = await visitor(t);
    await page.goto(`${slow.origin}/start`);
    await page.goto(`${usher.url}/x#y`);
    await page.waitForURL(`${fast.origin}/x#y`);
    await page.goBack();
    assert.equal(page.url(), `${slow.origin}/start`);
    await page.goForward();
    assert.equal(page.url(), `${fast.origin}/x#y`);
  });

  it('without script is the splash page, whose link leads to the choice of the policy', async (t) => {
    const page = await visitor(t, { javaScriptEnabled: false });
    await page.goto(`${usher.url}/x?y=1`);
    assert.equal(await page.getByRole('heading').innerText(), 'Welcome.');
    await page.getByRole('link', { name: /continue/i }).click();
    await page.waitForURL(`${slow.origin}/x?y=1`);
  });

  it('goes to the choice of the policy where nobody answers in time', async (t) => {
    const page = await visitor(t);
    fast.lateMs = 60_000;
    slow.lateMs = 60_000;
    t.after(() => {
      fast.lateMs = 0;
      slow.lateMs = 250;
    });
    const wanted = page.waitForRequest(`${slow.origin}/x`);
    await page.goto(`${usher.url}/x`, { waitUntil: 'commit' });
    await wanted;
  });

  it('names all whom it may ask', async () => {
    const answer = await fetch(`${usher.url}/library/books?sort=title`, {
      headers: { Accept: 'text/html' },
    });
    const csp = answer.headers.get('content-security-policy') ?? '';
    assert.match(csp, /script-src 'sha256-[^']+'; .*; connect-src 'self' \S+ \S+$/);
    assert.ok(csp.endsWith(`; connect-src 'self' ${slow.origin} ${fast.origin}`));
  });
});

describe('a page of four secondaries, on a host with a long name, where visitors can be carried', () => {
  const host = 'www.department.a-university-far-away.example.org';
  const elsewhere = Array.from(
    { length: 4 },
    (_, nth) => `https://mirror-${nth}.a-university-far-away.example.org`,
  );
  const modes = ['assigned', 'random', 'fastest'];
  for (const [where, secondaries] of [
    ['on its ports', [8081, 8082, 8083, 8084].map((port) => ({ port }))],
    ['elsewhere', elsewhere.map((url) => ({ url }))],
  ] as const) {
    it(`takes at most 4096 bytes on the wire, head and cookie included (${where})`, async () => {
      const { port } = await startUsher({
        config: {
          checks: { from: 'none' },
          entrances: Object.fromEntries(modes.map((mode) => [`/${mode}`, { delivery: { page: mode } }])),
          landing: '/library/books-and-journals',
          relay: {},
          secondaries,
        },
      });
      for (const mode of modes) {
        const request = requestText(`GET /${mode}`, { Host: host, Accept: 'text/html' });
        const { status, head, body, header } = await askRaw(port, request);
        assert.equal(status, 200);
        assert.equal(header('content-security-policy')?.match(/https?:/g)?.length, 4);
        assert.match(header('set-cookie') ?? '', /^usher=/);
        assert.match(body, /"\/\.usher\/relay\?to=/);
        const bytes = head.length + Buffer.byteLength(body);
        assert.ok(bytes <= 4096, `${mode}: ${bytes} bytes`);
      }
    });
  }
});

describe('paths that nobody would think of', () => {
  for (const mode of ['fastest', 'random'] as const) {
    it(`land on a listed secondary, by a page of mode ${mode}, without a dialog or a report`, async (t) => {
      const [browser, one, other] = await Promise.all([openBrowser(), startLate(0), startLate(0)]);
      t.after(() => browser.close());
      t.after(one.stop);
      t.after(other.stop);
      const usher = await startUsher({
        config: {
          delivery: { page: mode },
          affinity: false,
          checks: { from: 'none' },
          entrances: {},
          policy: 'random',
          secondaries: [{ port: one.port }, { port: other.port }],
        },
      });
      const targets = fc.sample(anyTarget, { numRuns: PATHS, seed: mode.length });
      const complaints: string[] = [];
      const landed = new Map<string, number>();
      await Promise.all(
        Array.from({ length: TABS }, async () => {
          const page = await (await browser.newContext()).newPage();
          page.on('dialog', (dialog) => {
            complaints.push(dialog.message());
            void dialog.dismiss();
          });
          page.on('pageerror', (error) => complaints.push(error.message));
          page.on('console', (message) => complaints.push(message.text()));
          for (let target = targets.pop(); target !== undefined; target = targets.pop()) {
            await page.goto(`${usher.url}${target}`, { waitUntil: 'commit' });
            await page.getByRole('heading', { name: 'Arrived' }).waitFor();
            const { origin } = new URL(page.url());
            landed.set(origin, (landed.get(origin) ?? 0) + 1);
          }
        }),
      );
      assert.deepEqual(complaints, []);
      assert.deepEqual([...landed.keys()].sort(), [one.origin, other.origin].sort());
      assert.equal(
        [...landed.values()].reduce((sum, count) => sum + count),
        PATHS,
      );
    });
  }
});
