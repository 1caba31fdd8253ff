import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readCookie } from '../../src/doors/why/read-cookie.ts';
import { settingsFrom } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/settings.ts';
import { createAffinity } from '../../src/dispatch/affinity.ts';
import { mainWay } from '../../src/dispatch/entrances.ts';
import type { Scheme } from '../../src/model/secondary.ts';
import { registries } from '../../src/registries.ts';
import { visitOf } from '../deliveries/visit-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'usher-cookie-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const KEY = Buffer.alloc(32, 7);
mkdirSync(join(folder, 'state'));
writeFileSync(join(folder, 'state', 'secret'), `${KEY.toString('base64url')}\n`);

const WALL_MS = 1_800_000_000_000;
const MINUTE = 60_000;

const settingsOf = async (more: object = {}): Promise<Settings> => {
  const parsed = await settingsFrom(
    { secondaries: [{ id: 'web1', port: 8086 }], ...more },
    registries,
    folder,
  );
  assert.ok(parsed.ok);
  return parsed.settings;
};

/** A cookie as a primary signs it. */
const signed = (id: string, { agoMs = MINUTE, key = KEY } = {}): string => {
  const wall = (): number => WALL_MS - agoMs;
  const affinity = createAffinity({ cookie: 'usher', forMs: 60 * MINUTE, secrets: [key], wall });
  return affinity.bind(id, 'http').split(';')[0] ?? '';
};

const found = async (cookie: string, settings: Settings, scheme: Scheme = 'http') => {
  const visit = { ...visitOf(), cookie, scheme };
  return readCookie({ settings, visit, entrance: mainWay(settings), wallMs: WALL_MS });
};

test('a cookie of ours names its secondary', async () => {
  const settings = await settingsOf();
  for (const header of [signed('web1'), `a=b; ${signed('web1')}`, `usher=old; ${signed('web1')}`]) {
    assert.deepEqual(await found(header, settings), { id: 'web1', words: 'names web1' });
  }
  assert.deepEqual(await found(`__Host-${signed('web1')}`, settings, 'https'), {
    id: 'web1',
    words: 'names web1',
  });
  assert.equal(await found('', settings), undefined);
});

test('a cookie that does not count is told with the reason', async () => {
  const settings = await settingsOf();
  const because: readonly (readonly [string, RegExp])[] = [
    [signed('web9'), /^names web9, which is not on the list$/],
    [signed('web1', { agoMs: 61 * MINUTE }), /has expired. It was signed 1 h 1 min ago and counts for 1 h$/],
    [signed('web1', { agoMs: -10 * MINUTE }), /signed 10 min from now; the clock/],
    [signed('web1', { key: Buffer.alloc(32, 8) }), /^is refused: no key in .*state\/secret signed it/],
    [signed('web1').replace('web1', 'web2'), /^is refused: no key in .*state\/secret signed it/],
    [`usher=x.zzzzzzzzz.${'A'.repeat(22)}`, /^is refused: no key in .*state\/secret signed it/],
    ['usher=web1', /^is refused: it is none of Usher’s/],
    [`usher=x.zzzzzzzzzzzzzz.${'A'.repeat(22)}`, /^is refused: it is none of Usher’s/],
    [`__Host-${signed('web1')}`, /^is not read: it is the one for https, and over http only "usher" is$/],
    ['PHPSESSID=1', /^is not read: none is called "usher"$/],
  ];
  for (const [cookie, what] of because) {
    const { id, words = '' } = (await found(cookie, settings)) ?? {};
    assert.equal(id, undefined);
    assert.match(words, what);
  }
  const { words = '' } = (await found(signed('web1'), settings, 'https')) ?? {};
  assert.match(words, /^is not read: it is the one for http, and over https only "__Host-usher" is$/);
});

test('a cookie is read as the config wants it, and no key is made for it', async () => {
  const off = await found(signed('web1'), await settingsOf({ affinity: false }));
  assert.deepEqual(off, { words: 'is not read: the config says "affinity": false' });
  const keyless = await found(signed('web1'), await settingsOf({ checks: { files: 'elsewhere' } }));
  assert.match(keyless?.words ?? '', /^is refused: there is no key in .*elsewhere\/secret yet/);

  const settings = await settingsOf();
  const visit = { ...visitOf(), cookie: signed('web1') };
  const entrance = { ...mainWay(settings), affinity: false };
  const fresh = await readCookie({ settings, visit, entrance, wallMs: WALL_MS });
  assert.deepEqual(fresh, { words: 'is not read: at this entrance each visit is a new choice' });
});
