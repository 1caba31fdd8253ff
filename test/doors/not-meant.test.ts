import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_RELAY } from '../../src/config/relay-schema.ts';
import { openDoor, plainSettings } from './a-door.ts';

const NOT_MEANT: Readonly<Record<string, RequestInit>> = {
  'fetched in advance': { headers: { 'sec-purpose': 'prefetch' } },
  'rendered in advance': { headers: { 'sec-purpose': 'prefetch;prerender' } },
  'asked for by HEAD': { method: 'HEAD' },
  'followed by a crawler': { headers: { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' } },
  'named as a picture': { headers: { 'sec-fetch-dest': 'image' } },
};

const PATHS = ['/.usher/other?not=web8086&to=/x', '/.usher/back/web8086/x', '/.usher/relay?to=/x'];

for (const [how, init] of Object.entries(NOT_MEANT)) {
  test(`what would change something changes nothing where it is only ${how}`, async (t) => {
    const { port, ledger, complaints } = await openDoor(t, {
      fastLane: true,
      settings: plainSettings({ relay: DEFAULT_RELAY }),
    });
    const url = `http://127.0.0.1:${String(port)}`;
    for (const path of PATHS) {
      const answer = await fetch(url + path, { redirect: 'manual', ...init });
      assert.deepEqual(answer.headers.getSetCookie(), [], path);
      assert.equal(answer.headers.get('cache-control'), 'no-store', path);
      // What was fetched in advance would be shown instead of asking again.
      if (how.endsWith('in advance')) assert.equal(answer.status, 503, path);
      else assert.deepEqual([answer.status, answer.headers.get('location')], [302, `${url}/x`], path);
    }
    assert.deepEqual(complaints, []);
    assert.equal(ledger.visits(), 0);
  });
}

test('a link of another site has nobody carried, one of the primary or typed does', async (t) => {
  const { port } = await openDoor(t, { fastLane: true, settings: plainSettings({ relay: DEFAULT_RELAY }) });
  const url = `http://127.0.0.1:${String(port)}`;
  for (const [site, grants] of [
    ['cross-site', 0],
    ['same-origin', 1],
    ['none', 1],
  ] as const) {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-dest': 'document' };
    const answer = await fetch(`${url}/.usher/relay?to=/x`, { redirect: 'manual', headers });
    assert.deepEqual([answer.status, answer.headers.get('location')], [302, `${url}/x`], site);
    assert.equal(answer.headers.getSetCookie().length, grants, site);
  }
});
