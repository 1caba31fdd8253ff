import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../real/chromium.ts';
import { complaintsOf } from '../real/complaints.ts';
import { until } from './until.ts';
import { startUsher, type Usher } from './usher.ts';

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
    await until(async () => (await boundTo(page)) === 'fast');
    assert.deepEqual(complaints, []);
    // by its cookie it goes there by itself now, whatever the policy says, and nobody is asked
    const asked = (): number => slow.asked.filter((one) => one.startsWith('HEAD')).length;
    const before = asked();
    await page.goto(`${usher.url}/again#there`);
    await page.waitForURL(`${fast.origin}/again#there`);
    assert.equal(asked(), before);
  });
});
