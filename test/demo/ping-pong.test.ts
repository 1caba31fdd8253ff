import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDemo } from '../../src/demo/demo.ts';
import type { DemoData } from '../../src/demo/secondary.ts';
import { loadView } from '../../src/doors/pages/views.ts';
import { openBrowser } from '../real/chromium.ts';
import { complaintsOf } from '../real/complaints.ts';
import { startWebServer } from '../real/web-server.ts';
import { createStillClock } from './demo-clock.ts';

describe('the demo in Chromium', () => {
  it('is sent back and forth, shows the fragment, falls sick and gets well by its buttons', async (t) => {
    const sentTo: string[] = [];
    let ports: readonly number[] = [];
    const primary = await startWebServer((request, response) => {
      const port = ports[sentTo.length % ports.length] ?? 0;
      sentTo.push(request.url ?? '');
      response.writeHead(302, { Location: `http://127.0.0.1:${port}/` }).end();
    });
    t.after(() => primary.stop());
    const demo = await startDemo({
      hostPorts: [0, 0],
      host: '127.0.0.1',
      primaryPort: primary.port,
      view: loadView<DemoData>('demo'),
      clock: createStillClock(),
    });
    t.after(() => demo.stop());
    ports = demo.secondaries.map(({ port }) => port);
    const browser = await openBrowser();
    t.after(() => browser.close());
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    const [one, other] = ports.map(String);

    await page.goto(`http://127.0.0.1:${one}/a?b=1#c=<b>`);
    assert.equal(await page.locator('code').innerText(), '/a?b=1#c=%3Cb%3E');
    await page.getByRole('link', { name: 'Ping-pong' }).click();
    assert.equal(await page.getByRole('heading').innerText(), one);
    await page.getByRole('link', { name: 'Ping-pong' }).click();
    assert.equal(await page.getByRole('heading').innerText(), other);
    assert.match(await page.locator('.lead').innerText(), /visitor number 1 /);
    assert.deepEqual(sentTo, ['/index.html', '/index.html']);

    assert.deepEqual([...complaints], []);
    await page.getByRole('button', { name: 'Be sick' }).click();
    assert.match(await page.locator('.lead').innerText(), /^Sick\. For another 20 seconds/);
    await page.getByRole('button', { name: 'Be well again' }).click();
    assert.match(await page.locator('.lead').innerText(), /visitor number 1 /);
    // Chromium itself writes the 503 to the console.
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('503')),
      [],
    );
  });
});
