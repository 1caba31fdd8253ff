import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import type { Browser, BrowserContext, Page, Response } from 'playwright-core';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser, openProfile } from '../real/chromium.ts';
import { freePort } from '../real/port.ts';
import { startUsher, type Usher } from './usher.ts';

/** The kernel's own firewall stands for a visitor's network; each visitor has an address of loopback of his own. */
const TABLE = `usher_back_${String(process.pid)}`;
const nft = (...rules: readonly string[]): void => {
  execFileSync('nft', ['-f', '-'], { input: `${rules.join('\n')}\n` });
};
const HOSTS = {
  ordinary: '127.79.0.1',
  rejected: '127.79.0.2',
  dropped: '127.79.0.3',
  killed: '127.79.0.4',
  /** a page cannot ask an address in brackets */
  unasked: '[::1]',
};

/** Long enough for a return to count, see `SOONEST`. How long it is, is what this is about: nothing else tells it. */
const A_MOMENT_MS = 1200;
const SOONEST_MS = 1000;

let browser: Browser;
let usher: Usher;
const ports: number[] = [];
const probed: string[] = [];
/** Pages with links to the primary: those of the secondaries, and those of another site. */
const linking = (name: string): Server =>
  createServer((request, response) => {
    const { host = '', 'user-agent': agent = '' } = request.headers;
    if (request.url === '/alive' && !agent.includes('Chrome')) probed.push(name);
    const [, to = `http://${host.split(':', 1)[0] ?? ''}:${String(usher.port)}/page`, how = ''] =
      /^\/links\?to=([^&]*)&how=(\w+)/.exec(request.url ?? '') ?? [];
    const plain = decodeURIComponent(to).replace(/[<&"]/g, '');
    const extra: Readonly<Record<string, string>> = {
      prefetch: `<link rel="prefetch" href="${plain}">`,
      asset: `<img src="${plain}?1"><img src="${plain}?2"><script src="${plain}"></script>`,
    };
    response.setHeader('Content-Type', 'text/html');
    response.end(
      `<!doctype html><title>${name}</title><h1>${name}</h1>${extra[how] ?? ''}<a id="go" href="${plain}">go</a>`,
    );
  });
const secondaries = ['one', 'two'].map(linking);
const elsewhere = linking('elsewhere');
let elsewhereAt = '';

const portOf = async (server: Server): Promise<number> => {
  server.listen(0, '::');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
};

before(async () => {
  for (const server of secondaries) ports.push(await portOf(server));
  elsewhereAt = `http://localhost:${String(await portOf(elsewhere))}`;
  const port = await freePort();
  usher = await startUsher({
    port,
    config: {
      listen: [
        { host: '0.0.0.0', port },
        { host: '::1', port },
      ],
      threads: 2,
      policy: 'first',
      // X-Usher says who was taken for one who is back.
      debug: true,
      // So seldom that only a visitor can know; and a machine under load shall not come too late.
      checks: { from: 'cached', every: '1m', freshen: 0, ping: { http: '/alive' } },
      affinity: { redispatch: '60s' },
      secondaries: ports.map((each) => ({ port: each })),
    },
  });
  await usher.event('health-changed', {
    fits: ({ secondary, to }) => secondary === `web${String(ports[1])}` && to === 'up',
  });
  browser = await openBrowser();
  nft(`add table ip ${TABLE}`, `add chain ip ${TABLE} out { type filter hook output priority 0 ; }`);
  const block = (host: string, verdict: string): string =>
    `add rule ip ${TABLE} out ip daddr ${host} tcp dport ${String(ports[0])} ${verdict}`;
  nft(block(HOSTS.rejected, 'reject with tcp reset'), block(HOSTS.dropped, 'drop'));
});
after(async () => {
  nft(`add table ip ${TABLE}`, `delete table ip ${TABLE}`);
  await browser.close();
  for (const server of [...secondaries, elsewhere]) {
    server.closeAllConnections();
    server.close();
  }
});

/** What came of the visits of one visitor. */
interface Figures {
  /** pages that he opened through the primary */
  visits: number;
  /** returns that were taken for a hint */
  hints: number;
  /** pages that asked his browser */
  pages: number;
  /** two visits came nearer to each other than a hint may be */
  isHasty: boolean;
}

interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** another visitor, with the same browser and behind the same address */
  readonly neighbour: () => Promise<Page>;
  readonly url: (path: string) => string;
  readonly figures: () => Promise<Figures>;
  /** every page that is open, of the neighbours too */
  readonly pages: () => readonly Page[];
  readonly leave: () => Promise<void>;
}

/** Each has a browser of his own, but for neighbours. */
let begun = 0;
const begin = async (host: string): Promise<Visitor> => {
  begun += 1;
  const userAgent = `Mozilla/5.0 Chrome/${String(100 + begun)}.0`;
  const own = `http://${host}:${String(usher.port)}`;
  const contexts: BrowserContext[] = [];
  const answers: Promise<{ readonly at: number; readonly isHint: boolean; readonly isPage: boolean }>[] = [];
  const note = (response: Response): void => {
    const isOpened = response.request().isNavigationRequest() && response.url().startsWith(`${own}/`);
    if (!isOpened || response.url().includes('/.usher/')) return;
    answers.push(
      response.headersArray().then((headers) => {
        const isHint = headers.some(
          ({ name, value }) => name.toLowerCase() === 'x-usher' && value.endsWith(' return'),
        );
        const isPage = response.status() === 200;
        return { at: response.request().timing().startTime, isHint, isPage };
      }),
    );
  };
  const open = async (): Promise<BrowserContext> => {
    const context = await browser.newContext({ userAgent });
    contexts.push(context);
    context.on('response', note);
    return context;
  };
  const context = await open();
  return {
    context,
    page: await context.newPage(),
    neighbour: async () => (await open()).newPage(),
    url: (path) => own + path,
    figures: async () => {
      const all = (await Promise.all(answers)).sort((one, other) => one.at - other.at);
      return {
        visits: all.length,
        hints: all.filter(({ isHint }) => isHint).length,
        pages: all.filter(({ isPage }) => isPage).length,
        isHasty: all.every(({ at }, nth) => nth === 0 || at - (all[nth - 1]?.at ?? 0) < SOONEST_MS),
      };
    },
    pages: () => contexts.flatMap((each) => each.pages()),
    leave: async () => {
      for (const each of contexts) await each.close();
    },
  };
};

/** All series of a name, added up. */
const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`${usher.adminUrl}/metrics`)).text();
  const series = text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
};

const link = (to: string, how = 'link'): string =>
  `${elsewhereAt}/links?to=${encodeURIComponent(to)}&how=${how}`;
const at = (nth: 0 | 1) => new RegExp(`^http://[^/]+:${String(ports[nth])}/`);
/** Opens an address as whoever types it does, or a bookmark; where it leads nowhere he sees an error. */
const open = async (page: Page, url: string, withinMs = 60_000): Promise<void> => {
  await page.goto(url, { waitUntil: 'commit', timeout: withinMs }).catch((error: unknown) => {
    assert.match(String(error), /ERR_CONNECTION_REFUSED|Timeout/);
  });
};

/** What visitors do whose secondary works: each ends at it, and most are not even suspected. */
const ORDINARY: Readonly<
  Record<
    string,
    { readonly hints: number; readonly host?: string; readonly act: (visitor: Visitor) => Promise<void> }
  >
> = {
  'reload of a page of the secondary, twice': {
    hints: 0,
    act: async ({ page, url }) => {
      await page.goto(url('/page'));
      for (const _ of [1, 2]) {
        await pass(A_MOMENT_MS);
        await page.reload();
      }
    },
  },
  'back and forward again': {
    hints: 0,
    act: async ({ page, url }) => {
      await page.goto(link(url('/page')));
      await page.click('#go');
      await page.waitForURL(at(0));
      await pass(A_MOMENT_MS);
      await page.goBack();
      await page.goForward();
      await page.waitForURL(at(0));
    },
  },
  'new tab, another page': {
    hints: 0,
    act: async ({ context, page, url }) => {
      await page.goto(url('/page'));
      await pass(A_MOMENT_MS);
      await (await context.newPage()).goto(url('/'));
    },
  },
  'bookmark opened twice at once': {
    hints: 0,
    act: async ({ context, page, url }) => {
      const other = await context.newPage();
      await Promise.all([page.goto(url('/page')), other.goto(url('/page'))]);
    },
  },
  'four tabs opened at once, same page': {
    hints: 0,
    act: async ({ context, url }) => {
      const tabs = await Promise.all([1, 2, 3, 4].map(() => context.newPage()));
      await Promise.all(tabs.map((tab) => tab.goto(url('/page'))));
    },
  },
  'double click on a link': {
    hints: 0,
    act: async ({ page, url }) => {
      await page.goto(link(url('/page')));
      await page.dblclick('#go');
      await page.waitForURL(at(0));
    },
  },
  'link on the secondary to the primary, twice': {
    hints: 0,
    act: async ({ page, url }) => {
      await page.goto(url('/page'));
      for (const _ of [1, 2]) {
        await pass(A_MOMENT_MS);
        await Promise.all([page.waitForEvent('load'), page.click('#go')]);
      }
    },
  },
  'prefetch, then click': {
    hints: 0,
    act: async ({ context, page, url }) => {
      const fetched = context.waitForEvent('requestfinished', (request) => request.url() === url('/page'));
      await page.goto(link(url('/page'), 'prefetch'));
      await fetched;
      await pass(A_MOMENT_MS);
      await page.click('#go');
      await page.waitForURL(at(0));
    },
  },
  'pictures and scripts of the page': {
    hints: 0,
    act: async ({ page, url }) => {
      await page.goto(url('/page'));
      await pass(A_MOMENT_MS);
      await page.goto(link(url('/page'), 'asset'));
      await pass(A_MOMENT_MS);
      await page.reload();
    },
  },
  'a class behind one NAT, the same two pages each': {
    hints: 0,
    act: async ({ page, neighbour, url }) => {
      const pages = [page];
      for (const _ of [1, 2, 3, 4, 5]) pages.push(await neighbour());
      await Promise.all(pages.map((each) => each.goto(url('/'))));
      for (const each of pages) {
        await each.goto(url('/page'));
        await pass(A_MOMENT_MS);
      }
    },
  },
  'same page typed again, in a new tab': {
    hints: 1,
    act: async ({ context, page, url }) => {
      await page.goto(url('/page'));
      await pass(A_MOMENT_MS);
      await (await context.newPage()).goto(url('/page'));
    },
  },
  'same page typed four times': {
    hints: 3,
    act: async ({ page, url }) => {
      for (const _ of [1, 2, 3, 4]) {
        await open(page, url('/page'));
        await page.waitForURL(at(0));
        await pass(A_MOMENT_MS);
      }
    },
  },
  'same, where the browser may not be asked': {
    hints: 3,
    host: HOSTS.unasked,
    act: async ({ page, url }) => {
      for (const time of [1, 2, 3, 4]) {
        await open(page, url('/page#part'));
        if (time === 3) {
          assert.equal(await page.textContent('h1'), 'Did it not open?');
          await keepArtefact('boomerang-asks-him.png', await page.screenshot());
          await page.getByRole('link', { name: 'go on to the page' }).click();
        }
        await page.waitForURL(at(0));
        assert.match(page.url(), /#part$/);
        await pass(A_MOMENT_MS);
      }
    },
  },
};

const row = (what: string, { visits, hints, pages }: Figures, moved: string): string =>
  [what.padEnd(50), ...[visits, hints, pages].map((count) => String(count).padStart(6)), `  ${moved}`].join(
    '',
  );

describe('a visitor who is back at once', () => {
  test('is not moved where his secondary works, whatever he does', async (t: TestContext) => {
    const rows = await Promise.all(
      Object.entries(ORDINARY).map(async ([what, { hints, host = HOSTS.ordinary, act }]) => {
        const visitor = await begin(host);
        await act(visitor);
        const figures = await visitor.figures();
        const ended = visitor.pages().map((page) => new URL(page.url()).port);
        await visitor.leave();
        return { what, hints, figures, ended };
      }),
    );
    t.diagnostic(`${''.padEnd(50)}visits hints pages  moved`);
    for (const { what, figures, ended } of rows) {
      t.diagnostic(row(what, figures, ended.includes(String(ports[1])) ? 'yes' : 'no'));
    }
    for (const { what, hints, figures, ended } of rows) {
      assert.ok(!ended.includes(String(ports[1])), `${what}: he was moved`);
      // At once is at once only where the machine is.
      const isFair = !/ at once|double/.test(what) || figures.isHasty;
      if (isFair) assert.equal(figures.hints, hints, what);
    }
  });

  test('is not taken for one whose browser opens again what was open before', async (t: TestContext) => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-profile-'));
    t.after(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const visitsBefore = await metric('usher_visits_total');
    const before = await openProfile(folder);
    for (const path of ['/page', '/page?2']) {
      await (await before.newPage()).goto(`http://${HOSTS.ordinary}:${String(usher.port)}${path}`);
    }
    await before.close();
    const context = await openProfile(folder, ['--restore-last-session']);
    const isBack = async (): Promise<boolean> => {
      const titles = await Promise.all(context.pages().map((page) => page.title().catch(() => '')));
      return titles.filter((title) => title === 'one').length === 2;
    };
    while (!(await isBack())) await pass(50);
    assert.equal((await metric('usher_visits_total')) - visitsBefore, 2);
    await context.close();
  });

  for (const [why, host] of [
    ['refuses', HOSTS.rejected],
    ['swallows', HOSTS.dropped],
  ] as const) {
    test(`whose network ${why} what he sends to his secondary has it asked, then goes to another, path kept`, async (t) => {
      const visitor = await begin(host);
      const { page, url } = visitor;
      const waits = why === 'swallows' ? A_MOMENT_MS : 60_000;
      await open(page, url('/deep/path?x=1#part'), waits);
      if (why === 'refuses') {
        const { visits } = await visitor.figures();
        await page.reload().catch(() => null);
        // The browser asks the secondary again, not the primary: no such return is ever seen.
        assert.equal((await visitor.figures()).visits, visits);
      }
      await pass(A_MOMENT_MS);
      const before = probed.filter((name) => name === 'one').length;
      await open(page, url('/deep/path?x=1#part'), waits);
      while (probed.filter((name) => name === 'one').length === before) await pass(20);
      assert.equal((await visitor.figures()).hints, 1);
      await pass(A_MOMENT_MS);
      await open(page, url('/deep/path?x=1#part'));
      await page.waitForURL(at(1), { timeout: 60_000 });
      assert.equal(page.url(), `http://${host}:${String(ports[1])}/deep/path?x=1#part`);
      assert.equal(await page.textContent('h1'), 'two');
      await keepArtefact(`boomerang-${why}.png`, await page.screenshot());
      t.diagnostic(row(`his network ${why}: typed three times`, await visitor.figures(), 'yes'));
      // He stays there, without being asked again.
      await page.goto(url('/next'));
      assert.match(page.url(), at(1));
      await visitor.leave();
    });
  }

  test('whose secondary died finds the other one by clicking again, and the primary knows at once', async (t) => {
    const visitor = await begin(HOSTS.killed);
    const { page, url } = visitor;
    await page.goto(link(url('/shop?item=7')));
    /** Whoever is shown an error goes to where he came from and clicks again. */
    const clickInVain = async (): Promise<void> => {
      const error = page.waitForEvent('framenavigated', {
        predicate: (frame) => frame.url().startsWith('chrome-error:'),
        timeout: 60_000,
      });
      await page.click('#go', { noWaitAfter: true });
      await error;
      await pass(A_MOMENT_MS);
      await page.goto(link(url('/shop?item=7')));
    };
    const [one] = secondaries;
    one?.closeAllConnections();
    one?.close();
    await clickInVain();
    const isDown = usher.event('health-changed', {
      fits: ({ secondary, to }) => secondary === `web${String(ports[0])}` && to === 'down',
    });
    await clickInVain();
    await isDown;
    await page.click('#go', { noWaitAfter: true });
    await page.waitForURL(at(1), { timeout: 60_000 });
    assert.equal(page.url(), `http://${HOSTS.killed}:${String(ports[1])}/shop?item=7`);
    t.diagnostic(row('his secondary died: clicked three times', await visitor.figures(), 'yes'));
    await visitor.leave();
    const by = `usher_complaints_total{secondary="web${String(ports[0])}",by="return"}`;
    assert.ok((await metric(by)) >= 3);
  });
});
