import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { DEFAULT_RELAY } from '../../src/config/schema/relay-schema.ts';
import type { Settings } from '../../src/config/settings.ts';
import { startWebServer } from '../real/web-server.ts';
import { openDoor, plainSettings } from './a-door.ts';

const HOUR_MS = 3_600_000;
/** What Chromium says over plain http, where it sends no Sec-Fetch header. */
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0';
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const PARTS = ['*/*', 'image/avif,image/webp,*/*;q=0.8', 'application/json', 'text/css,*/*;q=0.1'];

const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ');

/** A door that carries to a secondary that says what it was asked, and time that a test moves. */
const openCarrying = async (
  t: TestContext,
  changes: (settings: Settings) => Partial<Settings> = () => ({}),
) => {
  const web = await startWebServer((request, response) => {
    response.setHeader('Cache-Control', 'public, max-age=60');
    response.end(`${request.method ?? ''} ${request.url ?? ''}`);
  });
  t.after(web.stop);
  const at = `http://127.0.0.1:${String(web.port)}` as const;
  const plain = plainSettings({ relay: DEFAULT_RELAY });
  const here = { ...plain, secondaries: plain.secondaries.map((each) => ({ ...each, at })) };
  const time = { ms: 0 };
  const door = await openDoor(t, { fastLane: true, settings: { ...here, ...changes(here) }, time });
  const url = `http://127.0.0.1:${String(door.port)}`;
  const ask = (path: string, cookie: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url + path, {
      redirect: 'manual',
      ...init,
      headers: { 'user-agent': AGENT, ...(init.headers as Record<string, string>), cookie },
    });
  /** The cookie of somebody whom a page of the primary led here. */
  const granted = async (path: string): Promise<string> =>
    cookiesOf(await ask(`/.usher/relay?to=${path}`, '', { headers: { ...HTML, referer: `${url}${path}` } }));
  return { time, ask, url, granted };
};

test('a form that was filled in for longer than he is carried arrives, and so does what his open page asks for', async (t) => {
  const { time, ask, granted } = await openCarrying(t);
  const cookie = await granted('/form');
  time.ms = HOUR_MS + 1000;
  const sent = await ask('/form', cookie, { method: 'POST', body: 'much', headers: HTML });
  assert.equal(await sent.text(), 'POST /form');
  let renewed = '';
  for (const accept of PARTS) {
    const part = await ask('/api', cookie, { headers: { accept } });
    assert.equal(await part.text(), 'GET /api', accept);
    // with what he gets he is carried on, by the hour
    renewed = cookiesOf(part);
    assert.match(renewed, /usher-relay=relay\./);
  }
  time.ms = 2 * HOUR_MS;
  assert.equal(await (await ask('/page', renewed, { headers: HTML })).text(), 'GET /page');
  // long afterwards the secondaries are tried again
  time.ms = 4 * HOUR_MS;
  assert.equal((await ask('/form', cookie, { method: 'POST', body: 'x' })).status, 307);
});

test('a page that he opens after his time asks his browser whom it reaches, and leads back to the relay', async (t) => {
  const { time, ask, granted } = await openCarrying(t);
  const cookie = await granted('/x');
  time.ms = HOUR_MS - 1000;
  assert.equal(await (await ask('/x', cookie, { headers: HTML })).text(), 'GET /x');
  time.ms = HOUR_MS + 1000;
  const asking = await ask('/x', cookie, { headers: HTML });
  assert.equal(asking.status, 200);
  const page = await asking.text();
  assert.match(page, /href="\/\.usher\/relay\?to=%2Fx&amp;by=/);
  assert.match(page, /method:'HEAD'/);
});

test('a shared cache may keep what he is carried, but nothing that a cookie of the primary goes with', async (t) => {
  const { ask, granted } = await openCarrying(t);
  const cookie = await granted('/logo.png');
  const first = await ask('/logo.png', cookie);
  assert.match(cookiesOf(first), /^usher=web8086/);
  assert.equal(first.headers.get('cache-control'), 'private, max-age=60');
  const next = await ask('/logo.png', `${cookie}; ${cookiesOf(first)}`);
  assert.deepEqual(
    [next.headers.getSetCookie(), next.headers.get('cache-control')],
    [[], 'public, max-age=60'],
  );
});

/** A drained secondary that has nobody beside it. */
const alone = ({ secondaries }: Settings): Partial<Settings> => ({
  secondaries: secondaries.slice(0, 1),
});

test('a secondary that hands its visitors back and has nobody beside it keeps them: they are not carried', async (t) => {
  const { ask } = await openCarrying(t, alone);
  const first = await ask('/a', '');
  const back = await ask('/.usher/back/web8086/a?b=c', cookiesOf(first), { headers: HTML });
  assert.deepEqual([back.status, back.headers.get('location')], [302, 'http://127.0.0.1:8086/a?b=c']);
  assert.doesNotMatch(cookiesOf(back), /usher-other/);
  const later = await ask('/d', `${cookiesOf(first)}; ${cookiesOf(back)}`);
  assert.equal(later.headers.get('location'), 'http://127.0.0.1:8086/d');
});

test('who was handed back, and whose new secondary is gone, goes to the first again', async (t) => {
  const { ask } = await openCarrying(t);
  const first = cookiesOf(await ask('/a', ''));
  const handed = await ask('/.usher/back/web8086/a', first, { headers: HTML });
  assert.equal(handed.headers.get('location'), 'http://127.0.0.1:8087/a');
  const { ask: askOne } = await openCarrying(t, alone);
  const later = await askOne('/d', cookiesOf(handed), { headers: HTML });
  assert.deepEqual([later.status, later.headers.get('location')], [302, 'http://127.0.0.1:8086/d']);
});

test('whoever says himself that nobody works for him is carried, for as long as others are', async (t) => {
  const { ask, url, time } = await openCarrying(t, alone);
  const first = cookiesOf(await ask('/a', ''));
  const out = await ask('/.usher/other?to=/a', first, { headers: HTML });
  assert.deepEqual([out.status, out.headers.get('location')], [302, `${url}/a`]);
  time.ms = HOUR_MS / 2;
  // His browser has forgotten by then whom he avoids.
  const cookie = cookiesOf(out)
    .split('; ')
    .filter((each) => !each.startsWith('usher-other'))
    .join('; ');
  assert.equal(await (await ask('/form', cookie, { method: 'POST', body: 'x' })).text(), 'POST /form');
});

test('where his browser may not be asked he is led back to the relay too, and told nothing that is not so', async (t) => {
  const own = (origin: `http://${string}`) => ({ kind: 'own', origin }) as const;
  // a policy of a page cannot name an IPv6 address
  const { time, ask, granted } = await openCarrying(t, ({ secondaries }) => ({
    secondaries: secondaries.map((each, at) => ({
      ...each,
      address: own(`http://[2001:db8::${String(at + 1)}]`),
    })),
  }));
  const cookie = await granted('/x');
  time.ms = HOUR_MS + 1000;
  const page = await (await ask('/x', cookie, { headers: HTML })).text();
  assert.match(page, /Did it not open\?/);
  assert.match(page, /class="on go" href="\/\.usher\/relay\?/);
  assert.doesNotMatch(page, /a moment ago/);
});
