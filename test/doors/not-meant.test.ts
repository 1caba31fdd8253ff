import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { DEFAULT_RELAY } from '../../src/config/schema/relay-schema.ts';
import type { Settings } from '../../src/config/settings.ts';
import { openDoor, plainSettings } from './a-door.ts';

/** What Chromium says over plain http, where it sends no Sec-Fetch header. */
const PAGE = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36';
const PICTURE = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';

const NOT_MEANT: Readonly<Record<string, RequestInit>> = {
  'fetched in advance': { headers: { accept: PAGE, 'sec-purpose': 'prefetch' } },
  'rendered in advance': { headers: { accept: PAGE, 'sec-purpose': 'prefetch;prerender' } },
  'asked for by HEAD': { method: 'HEAD', headers: { accept: PAGE } },
  'followed by a crawler': {
    headers: { accept: PAGE, 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' },
  },
  'named as a picture': { headers: { accept: PICTURE, 'sec-fetch-dest': 'image' } },
  'named as a picture over plain http': { headers: { accept: PICTURE, 'user-agent': BROWSER } },
  'named as a script over plain http': { headers: { accept: '*/*', 'user-agent': BROWSER } },
};

const PATHS = ['/.usher/other?not=web8086&to=/x', '/.usher/back/web8086/x'];

/** The link to the relay that the page on the way bears, stamped for whoever asks. */
const linkOfPage = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
  const page = await (await fetch(`${url}/x`, { headers: { accept: PAGE, ...headers } })).text();
  return /href="(\/\.usher\/relay[^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
};

for (const [how, init] of Object.entries(NOT_MEANT)) {
  test(`what would change something changes nothing where it is only ${how}`, async (t) => {
    const { port, ledger, complaints } = await openDoor(t, {
      fastLane: true,
      settings: plainSettings({
        relay: DEFAULT_RELAY,
        delivery: { name: 'page', options: { mode: 'assigned' } },
      }),
    });
    const url = `http://127.0.0.1:${String(port)}`;
    const link = await linkOfPage(url);
    assert.match(link, /&by=/);
    const before = ledger.visits();
    for (const path of [...PATHS, link]) {
      const answer = await fetch(url + path, { redirect: 'manual', ...init });
      assert.deepEqual(answer.headers.getSetCookie(), [], path);
      assert.equal(answer.headers.get('cache-control'), 'no-store', path);
      // What was fetched in advance would be shown instead of asking again.
      if (how.endsWith('in advance')) assert.equal(answer.status, 503, path);
      else assert.deepEqual([answer.status, answer.headers.get('location')], [302, `${url}/x`], path);
    }
    assert.deepEqual(complaints, []);
    assert.equal(ledger.visits(), before);
  });
}

test('what a program asks for that is no browser is meant', async (t) => {
  const { port, complaints } = await openDoor(t, { fastLane: true });
  const url = `http://127.0.0.1:${String(port)}/.usher/other?not=web8086&to=/x`;
  const headers = { accept: '*/*', 'user-agent': 'curl/8.14.1' };
  const answer = await fetch(url, { redirect: 'manual', headers });
  assert.match(answer.headers.get('location') ?? '', /:8087\/x$/);
  assert.match(answer.headers.getSetCookie().join(), /usher-other=web8086/);
  assert.equal(complaints.length, 1);
});

/** Opens a door that carries, and a page of it that leads to the relay. */
const openCarrying = async (t: TestContext, changes: Partial<Settings> = {}) => {
  const time = { ms: 0 };
  const relay = DEFAULT_RELAY;
  const delivery = { name: 'page', options: { mode: 'assigned' } };
  const settings = plainSettings({ relay, delivery, ...changes });
  const { port } = await openDoor(t, { fastLane: true, settings, time });
  const url = `http://127.0.0.1:${String(port)}`;
  const ask = (path: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(url + path, { redirect: 'manual', headers: { accept: PAGE, ...headers } });
  /** How many cookies there are for whoever goes to the relay. */
  const grants = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
    const answer = await ask(path, headers);
    assert.deepEqual([answer.status, answer.headers.get('location')], [302, `${url}/x`]);
    return answer.headers.getSetCookie().length;
  };
  return {
    time,
    url,
    linkOfPage: (headers: Readonly<Record<string, string>> = {}) => linkOfPage(url, headers),
    grants,
  };
};

test('a link of another site has nobody carried, one of the primary or typed does', async (t) => {
  const { grants } = await openCarrying(t);
  for (const [site, count] of [
    ['cross-site', 0],
    ['same-site', 0],
    ['same-origin', 1],
    ['none', 1],
  ] as const) {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-dest': 'document' };
    assert.equal(await grants('/.usher/relay?to=/x', headers), count, site);
  }
});

test('over plain http the link of another site has nobody carried, and the link of our own page does', async (t) => {
  const { time, url, linkOfPage, grants } = await openCarrying(t);
  const bare = '/.usher/relay?to=/x';
  for (const referer of ['https://evil.example/', `${url}.evil.example/`, 'http://127.0.0.1:1/forum', '']) {
    const headers = referer === '' ? {} : { referer };
    assert.equal(await grants(bare, headers), 0, `by ${referer}`);
    assert.equal(await grants(`${bare}&by=0.AAAAAAAAAAA`, headers), 0, `forged by ${referer}`);
  }
  assert.equal(await grants(bare, { referer: `${url}/x` }), 1);
  // with neither a Referer nor a cookie
  const link = await linkOfPage();
  assert.equal(await grants(link), 1);
  assert.equal(await grants(link, { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }), 0);
  time.ms += 61 * 60_000;
  assert.equal(await grants(link), 0);
  assert.equal(await grants(await linkOfPage()), 1);
});

test('a link that one network was given has nobody of another carried', async (t) => {
  const { linkOfPage, grants } = await openCarrying(t, { trustProxies: ['127.0.0.1/32'] });
  const link = await linkOfPage({ 'x-forwarded-for': '198.51.100.7' });
  assert.equal(await grants(link, { 'x-forwarded-for': '203.0.113.9' }), 0);
  assert.equal(await grants(link, { 'x-forwarded-for': '198.51.100.8' }), 1);
});

test('over plain http a page on the way is for whoever opens one, not for scripts, pictures and calls', async (t) => {
  const settings = plainSettings({ delivery: { name: 'page', options: { mode: 'assigned' } } });
  const { port } = await openDoor(t, { fastLane: true, settings });
  const statusFor = async (accept: string, agent: string): Promise<number> => {
    const headers = { accept, 'user-agent': agent };
    return (await fetch(`http://127.0.0.1:${String(port)}/app.js`, { redirect: 'manual', headers })).status;
  };
  const browser = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0';
  assert.deepEqual(
    await Promise.all(
      [PAGE, PICTURE, '*/*', 'application/json, */*'].map((each) => statusFor(each, browser)),
    ),
    [200, 302, 302, 302],
  );
  // by hand
  assert.equal(await statusFor('*/*', 'curl/8.14.1'), 200);
});
