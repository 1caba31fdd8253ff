import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { usher } from '../../src/index.ts';
import { anyTarget } from '../deliveries/arbitrary.ts';
import { openBrowser } from '../real/chromium.ts';
import { complaintsOf } from '../real/complaints.ts';
import { freePort } from '../real/port.ts';
import { startWebServer, type WebServer } from '../real/web-server.ts';

/** A thousand, shared out among the pages. */
const targets = fc.sample(anyTarget, { numRuns: 1000, seed: 11 });
let taken = 0;
const next = (count: number): readonly string[] => targets.slice(taken, (taken += count));

/** What a frame asks for: the browser would tidy a target before it asks, so the primary is told its number. */
const NUMBERED = /^\/~(\d+)$/;
const AT_ONCE = 4;

const AROUND = '<!doctype html><link rel="icon" href="data:,"><title>around</title>';

/**
 * Shows one path after another in hidden frames, until `/shown/…` says that somebody was asked for it, or until it has
 * been read where it stays; tells the links of those that stay.
 */
const SHOW = `async ({ paths, atOnce, stays }) => {
  const links = [];
  const todo = [...paths.entries()];
  const show = async () => {
    const frame = document.createElement('iframe');
    frame.hidden = true;
    document.body.append(frame);
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      const [n, path] = next;
      const loaded = new Promise((resolve) => { frame.onload = resolve; });
      frame.src = path;
      await (stays ? loaded : fetch('/shown/' + n));
      if (stays) links[n] = [...frame.contentDocument.links].map(({ href }) => href);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, show));
  return links;
}`;

/** Browsers and Node do not escape the same characters of a path; what it means is the same. */
const unescaped = (path: string): string =>
  path.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
const asAsked = (target: string): string => {
  const { href, origin } = new URL(`http://a.example${target}`);
  return unescaped(href.slice(origin.length));
};

const originOf = (href: string): string => new URL(href).origin;

describe('of a thousand targets made of script, in Chromium, none runs', { timeout: 400_000 }, () => {
  let browser: Browser;
  let secondaries: readonly WebServer[];
  /** told what a secondary is asked for */
  let arrived: (url: string) => void = () => undefined;
  const held = Promise.withResolvers<undefined>();

  before(async () => {
    const start = () =>
      startWebServer((request, response) => {
        const { method, url = '' } = request;
        if (url === '/held') {
          held.resolve(undefined);
          return;
        }
        if (method !== 'HEAD') arrived(url);
        // The frame stays as it is: it was about to go there, and that is all there is to see.
        response.writeHead(204).end();
      });
    secondaries = await Promise.all([start(), start()]);
    browser = await openBrowser({ args: ['--disable-ipc-flooding-protection'] });
  });
  after(async () => {
    await browser.close();
    await Promise.all(secondaries.map(({ stop }) => stop()));
  });

  interface Play {
    readonly config: object;
    readonly count: number;
    /** what the primary is asked for, for the sake of a target; absent: the target */
    readonly path?: (target: string) => string;
    /** it stays where it is, so that its links are all that there is */
    readonly stays?: boolean;
    /** asked for before, and not waited for */
    readonly first?: string;
  }

  /** Has a primary of this process answer for so many targets; what a page complained of, and the links of each. */
  const play = async (t: TestContext, { config, count, path = String, stays = false, first }: Play) => {
    const mine = next(count);
    const files = await mkdtemp(join(tmpdir(), 'usher-script-'));
    const answer = await usher({
      checks: { from: 'none', files },
      entrances: {},
      affinity: false,
      ...config,
    });
    const expected = Map.groupBy(mine.keys(), (n) => asAsked(mine[n] ?? ''));
    const shown = mine.map(() => Promise.withResolvers<undefined>());
    const astray: string[] = [];
    arrived = (url) => {
      const n = expected.get(unescaped(url))?.shift();
      if (n !== undefined) shown[n]?.resolve(undefined);
      else {
        astray.push(url);
        for (const each of shown) each.resolve(undefined);
      }
    };
    const primary = await startWebServer((request, response) => {
      const { url = '' } = request;
      // Nobody is to be remembered: each target begins anew.
      delete request.headers.cookie;
      if (url === '/around') {
        response.writeHead(200, { 'Content-Type': 'text/html' }).end(AROUND);
        return;
      }
      if (url.startsWith('/shown/')) {
        void shown[Number(url.slice(7))]?.promise.then(() => response.end());
        return;
      }
      const [, number] = NUMBERED.exec(url) ?? [];
      if (number !== undefined) request.url = path(mine[Number(number)] ?? '');
      answer(request, response, () => response.writeHead(404).end());
    });
    const holding = new AbortController();
    if (first !== undefined) {
      fetch(primary.origin + first, { signal: holding.signal }).catch(() => undefined);
      await held.promise;
    }
    const context = await browser.newContext();
    t.after(async () => {
      holding.abort();
      await context.close();
      await primary.stop();
      await answer.stop();
      await rm(files, { recursive: true });
    });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${primary.origin}/around`);
    const given = { paths: mine.map((target, n) => `/~${n}#${target}`), atOnce: AT_ONCE, stays };
    const links = await page.evaluate<string[][]>(`(${SHOW})(${JSON.stringify(given)})`);
    assert.deepEqual(astray, []);
    return { complaints, links, mine, primary };
  };

  const listed = () => secondaries.map(({ port }) => ({ port }));

  for (const mode of ['assigned', 'random', 'fastest']) {
    it(`by the page ${mode}: each lands at a secondary`, async (t) => {
      const config = { secondaries: listed(), delivery: { page: mode } };
      const { complaints } = await play(t, { config, count: 250 });
      assert.deepEqual(complaints, []);
    });
  }

  it('by the page that finds its choice out of reach and goes round by the way out', async (t) => {
    const [, alive] = listed();
    const config = {
      secondaries: [{ port: await freePort() }, alive],
      ...{ policy: 'first', delivery: 'page', relay: {} },
    };
    const { complaints } = await play(t, { config, count: 75 });
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('ERR_CONNECTION_REFUSED')),
      [],
    );
  });

  it('by the way out itself', async (t) => {
    const path = (target: string) => `/.usher/other?not=%3Cscript%3E&to=${encodeURIComponent(target)}`;
    const { complaints } = await play(t, { config: { secondaries: listed() }, count: 75, path });
    assert.deepEqual(complaints, []);
  });

  it('by the page for whom nobody is there: its link leads back to the primary', async (t) => {
    const config = { secondaries: listed().map((each) => ({ ...each, state: 'maintenance' })) };
    const { complaints, links, primary } = await play(t, { config, count: 50, stays: true });
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('503')),
      [],
    );
    assert.equal(links.length, 50);
    for (const each of links) assert.deepEqual(each.map(originOf), [primary.origin]);
  });

  it('by the page of the full relay: its links lead back to the primary, and to a secondary', async (t) => {
    const [{ port } = { port: 0 }] = secondaries;
    const config = { secondaries: [{ port }], delivery: 'relay', relay: { connections: 1 } };
    const { complaints, links, mine, primary } = await play(t, {
      config,
      count: 50,
      stays: true,
      first: '/held',
    });
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('503')),
      [],
    );
    assert.equal(links.length, 50);
    for (const [n, [again = '', on = '', ...others]] of links.entries()) {
      assert.equal(originOf(again), primary.origin);
      assert.equal(unescaped(on), `http://127.0.0.1:${port}${asAsked(mine[n] ?? '')}`);
      assert.deepEqual(others, []);
    }
  });
});
