import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Settings } from '../../../src/config/settings.ts';
import { openDoor, plainSettings } from '../a-door.ts';

const open = async (context: TestContext, changes: Partial<Settings>) => {
  const { port, ledger } = await openDoor(context, { fastLane: true, settings: plainSettings(changes) });
  const ask = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/.usher/${path}`, {
      redirect: 'manual',
      ...init,
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return { ask, ledger };
};

test('nothing is shown to everybody unless the operator wants it', async (context) => {
  const { ask } = await open(context, {});
  for (const path of ['status', 'badge.svg', 'hits.svg']) assert.equal((await ask(path)).status, 404, path);
});

test('the status page and its badge tell who works, and nothing of the network', async (context) => {
  const [one, other] = plainSettings().secondaries;
  assert.ok(one !== undefined && other !== undefined);
  const { ask } = await open(context, {
    statusPage: true,
    secondaries: [
      { ...one, at: 'http://192.0.2.9:1' },
      { ...other, state: 'maintenance' },
    ],
  });
  const page = await ask('status');
  assert.equal(page.status, 200);
  assert.match(page.text, /<h1>Everything works<\/h1>/);
  assert.match(page.text, /web8087<\/th><td>is being worked on/);
  assert.doesNotMatch(page.text, /192\.0\.2\.9|<script/);
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'none'/);
  const picture = await ask('badge.svg');
  assert.equal(picture.headers.get('content-type'), 'image/svg+xml; charset=utf-8');
  assert.match(picture.text, /aria-label="servers: 1 of 2 up"/);
  assert.equal((await ask('badge.svg', { method: 'HEAD' })).text, '');
});

test('the badge says when nobody takes visitors', async (context) => {
  const secondaries = plainSettings().secondaries.map((each) => ({ ...each, state: 'drain' as const }));
  const { ask } = await open(context, { statusPage: true, secondaries });
  assert.match((await ask('badge.svg')).text, /aria-label="servers: none up"/);
  assert.match((await ask('status')).text, /Nobody takes visitors now/);
});

test('the hit counter counts visitors, new ones and those who come back', async (context) => {
  const { ask, ledger } = await open(context, { hitCounter: true });
  for (let hit = 0; hit < 41; hit += 1) ledger.choose(0, 0);
  ledger.keep(1);
  const { text } = await ask('hits.svg');
  assert.match(text, /aria-label="42 visitors"/);
  assert.deepEqual(
    Array.from(text.matchAll(/<text[^>]*>(\d)<\/text>/g), ([, digit]) => digit).join(''),
    '0000042',
  );
});
