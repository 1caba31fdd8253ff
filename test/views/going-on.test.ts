import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { deliveries } from '../../src/deliveries/index.ts';
import { locate } from '../../src/deliveries/locate.ts';
import { sorry } from '../../src/deliveries/sorry.ts';
import { loadViews } from '../../src/doors/pages/views.ts';
import type { Visit } from '../../src/model/visit.ts';
import type { Reply } from '../../src/model/reply.ts';
import { makeFrom } from '../../src/unit.ts';
import { openBrowser } from '../real/chromium.ts';
import { complaintsOf } from '../real/complaints.ts';
import { startWebServer } from '../real/web-server.ts';
import { keepArtefact } from '../real/artefacts.ts';
import { startEcho, startPrimary, type Echo } from './stage.ts';

const views = loadViews();
const deliver = makeFrom(deliveries, { name: 'page', options: { mode: 'assigned' } });

const pageTo =
  ({ address }: Echo) =>
  (visit: Visit): Reply =>
    deliver(visit, locate(address, visit.host, visit.target), views);

describe('in Chromium', { concurrency: true }, () => {
  let browser: Browser;

  before(async () => {
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
  });

  /** A visitor with cookies of his own, who leaves when the test ends. */
  const visitor = async (t: TestContext, options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext(options);
    t.after(() => context.close());
    return context.newPage();
  };

  it('the page goes on by itself with path, query and fragment', async (t) => {
    const secondary = await startEcho(t);
    const primary = await startPrimary(t, pageTo(secondary));
    const page = await visitor(t);
    const complaints = complaintsOf(page);
    await page.goto(`${primary.origin}/a/b%2Fc?x=1&y=%22&copy=2#part-3`);
    await page.waitForURL(`${secondary.origin}/a/b%2Fc?x=1&y=%22&copy=2#part-3`);
    assert.equal(await page.title(), 'secondary');
    assert.deepEqual(secondary.seen, [
      { url: '/a/b%2Fc?x=1&y=%22&copy=2', referer: `${primary.origin}/a/b%2Fc?x=1&y=%22&copy=2` },
    ]);
    assert.deepEqual(complaints, []);
  });

  it('the back button leads to where the visitor came from, not to the page in between', async (t) => {
    const secondary = await startEcho(t);
    const primary = await startPrimary(t, pageTo(secondary));
    const start = await startWebServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end(`<!doctype html><link rel="icon" href="data:,"><a href="${primary.origin}/x">go</a>`);
    });
    t.after(() => start.stop());
    const page = await visitor(t);
    await page.goto(`${start.origin}/start`);
    await page.click('a');
    await page.waitForURL(`${secondary.origin}/x`);
    await page.goBack();
    assert.equal(page.url(), `${start.origin}/start`);
    await page.goForward();
    assert.equal(page.url(), `${secondary.origin}/x`);
  });

  it("without script the page is the primary's splash page, with a link that works", async (t) => {
    const secondary = await startEcho(t);
    const primary = await startPrimary(t, pageTo(secondary));
    const page = await visitor(t, { javaScriptEnabled: false });
    await page.goto(`${primary.origin}/a?x=1`);
    assert.equal(page.url(), `${primary.origin}/a?x=1`);
    assert.equal(await page.getByRole('heading').innerText(), 'Welcome.');
    assert.ok(await page.getByRole('heading').isVisible());
    await page.getByRole('link', { name: 'Continue to the site' }).click();
    await page.waitForURL(`${secondary.origin}/a?x=1`);
    assert.equal(await page.title(), 'secondary');
  });

  it('nothing flashes up on the way, but a visitor who waits long is shown the way on', async (t) => {
    const gate = Promise.withResolvers<undefined>();
    let asked = Promise.withResolvers<undefined>();
    const secondary = await startEcho(t, () => {
      asked.resolve(undefined);
      return gate.promise;
    });
    const primary = await startPrimary(t, pageTo(secondary));
    const page = await visitor(t);
    // Chromium answers no question about a page that is being left, but still says what is on the screen.
    const session = await page.context().newCDPSession(page);
    // A busy one sometimes cannot take the picture; then it is taken anew.
    const screen = async (): Promise<string> => {
      try {
        return (await session.send('Page.captureScreenshot')).data;
      } catch (error) {
        if (String(error).includes('Unable to capture screenshot')) return screen();
        throw error;
      }
    };
    const blank = await screen();
    let onTheWay = '';
    let tookMs = Infinity;
    // On a machine too busy to look within these 3 s, what is seen says nothing.
    while (tookMs > 3000) {
      asked = Promise.withResolvers<undefined>();
      // Until a page has painted Chromium goes on showing the one before it: that must not be the last round's.
      await page.goto('about:blank');
      const began = performance.now();
      await page.goto(`${primary.origin}/slow`, { waitUntil: 'commit' });
      await asked.promise;
      onTheWay = await screen();
      tookMs = performance.now() - began;
    }
    assert.equal(onTheWay, blank);
    let shown = blank;
    while (shown === blank) shown = await screen();
    await keepArtefact('page-after-waiting.png', Buffer.from(shown, 'base64'));
    gate.resolve(undefined);
    await page.waitForURL(`${secondary.origin}/slow`);
  });

  it('a script that is not the page’s own would not run, and would be told of', async (t) => {
    const primary = await startPrimary(t, (visit) => {
      const reply = sorry(visit, views);
      return { ...reply, body: (reply.body ?? '').replace('<main>', '<main><script>alert(1)</script>') };
    });
    const page = await visitor(t);
    const complaints = complaintsOf(page);
    await page.goto(primary.origin);
    assert.equal(
      complaints.some((complaint) => /Content Security Policy/.test(complaint)),
      true,
    );
    assert.equal(
      complaints.some((complaint) => complaint.startsWith('dialog')),
      false,
    );
  });

  for (const javaScriptEnabled of [true, false]) {
    it(`the sorry page tries again by itself ${javaScriptEnabled ? 'and keeps the fragment' : 'without script too'}`, async (t) => {
      const secondary = await startEcho(t);
      let isAway = true;
      const primary = await startPrimary(t, (visit) =>
        isAway
          ? sorry(visit, views)
          : { status: 302, headers: ['Location', `${secondary.origin}${visit.target}`] },
      );
      const page = await visitor(t, { javaScriptEnabled });
      const answer = await page.goto(`${primary.origin}/a/b?x=1#part`);
      assert.equal(answer?.status(), 503);
      assert.equal(await page.getByRole('heading').innerText(), 'One moment, please.');
      isAway = false;
      await page.waitForURL(`${secondary.origin}/a/b?x=1${javaScriptEnabled ? '#part' : ''}`);
      assert.equal(await page.title(), 'secondary');
    });
  }

  it('a visitor of the sorry page need not wait', async (t) => {
    const secondary = await startEcho(t);
    let isAway = true;
    const primary = await startPrimary(t, (visit) => {
      if (!isAway) return { status: 302, headers: ['Location', `${secondary.origin}${visit.target}`] };
      const reply = sorry(visit, views);
      const body = reply.body ?? '';
      // Or it would be gone by itself before anybody on a busy machine could press anything.
      const patient = body.replace(/(http-equiv="refresh" content=")\d+;/, '$1600;');
      assert.notEqual(patient, body);
      return { ...reply, body: patient };
    });
    const page = await visitor(t, { javaScriptEnabled: false });
    await page.goto(`${primary.origin}/a?x=1`);
    isAway = false;
    await page.getByRole('link', { name: 'Ask now' }).click();
    await page.waitForURL(`${secondary.origin}/a?x=1`);
  });
});
