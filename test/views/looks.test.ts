import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { complaintsOf } from '../real/complaints.ts';
import { startWebServer, type WebServer } from '../real/web-server.ts';
import { sheetsFor } from './sheets.ts';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

const sheets = sheetsFor('www.example.org', '/library/books?sort=title');
/** Long without a break: what a layout breaks of. */
const long = sheetsFor(
  `${'a-very-long-name.'.repeat(12)}example`,
  `/${'endless'.repeat(60)}?${'x'.repeat(300)}`,
);

const PALE = readFileSync(new URL('pale.js', import.meta.url), 'utf8');

/** How many pixels have to be scrolled sideways. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

describe('every view in Chromium', () => {
  let browser: Browser;
  let server: WebServer;

  before(async () => {
    server = await startWebServer((request, response) => {
      const [, kind, place] = (request.url ?? '').split('/');
      const sheet = (kind === 'long' ? long : sheets)[Number(place)];
      response.writeHead(200, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': sheet?.contentSecurityPolicy,
      });
      response.end(sheet?.html);
    });
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  it('text too pale to read would be found', async () => {
    const page = await browser.newPage();
    await page.setContent(
      '<body style="background: #fff"><p style="color: #777">pale<b style="color: #767676">dark</b>',
    );
    assert.deepEqual(await page.evaluate(PALE), ['"pale" 4.48']);
    await page.close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is easy to read in ${colorScheme} colours, fits wide and narrow, and breaks no rule of its own`, async () => {
      // Without script, or the page would go on before anybody could look at it.
      const context = await browser.newContext({ colorScheme, javaScriptEnabled: false });
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        for (const [place, { name }] of sheets.entries()) {
          await page.goto(`${server.origin}/plain/${place}`);
          assert.equal(await page.evaluate(OVERFLOW), 0, `${name} ${size.width}`);
          assert.deepEqual(await page.evaluate(PALE), [], `${name} ${colorScheme}`);
          // The other tones differ from these two in colour alone.
          if (/^demo-[0-3]/.test(name)) continue;
          await keepArtefact(`${name}-${colorScheme}-${size.width}.png`, await page.screenshot());
          await page.goto(`${server.origin}/long/${place}`);
          assert.equal(await page.evaluate(OVERFLOW), 0, `${name} ${size.width}, long words`);
        }
      }
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
});
