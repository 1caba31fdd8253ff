import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { freePort } from '../real/port.ts';
import { askRaw, requestText, type RawReply } from './raw.ts';
import { until } from './until.ts';
import { startUsher, type Usher } from './usher.ts';

const HOST = 'www.example.org';

let usher: Usher;
let config: Record<string, unknown>;
let secondaries: Record<string, unknown>[];

before(async () => {
  secondaries = [
    { id: 'web1', port: await freePort() },
    { id: 'web2', port: await freePort() },
  ];
  config = { policy: 'round-robin', checks: { from: 'none' }, secondaries };
  usher = await startUsher({ config });
});

const visit = (cookie = '', port = usher.port): Promise<RawReply> =>
  askRaw(port, requestText('GET /x', { Host: HOST, ...(cookie === '' ? {} : { Cookie: cookie }) }));

/** Port of the Location: whom the visitor was sent to. */
const portOf = (reply: RawReply): number => Number(new URL(reply.header('location') ?? '').port);

/** `name=value` of the cookie that an answer sets. */
const cookieOf = (reply: RawReply): string => {
  const [pair] = (reply.header('set-cookie') ?? '').split(';');
  assert.ok(pair, `no cookie in ${reply.head}`);
  return pair;
};

/** A new visitor's cookie, and the port it binds him to. */
const newcomer = async (port = usher.port): Promise<{ cookie: string; port: number }> => {
  const reply = await visit('', port);
  return { cookie: cookieOf(reply), port: portOf(reply) };
};

/** The new choice of a visitor whose cookie does not count: a turn like anybody's, and a cookie of his own. */
const assertChosenAnew = async (cookie: string): Promise<void> => {
  const replies = [await visit(cookie), await visit(cookie)];
  assert.equal(new Set(replies.map(portOf)).size, 2, 'round-robin did not go on');
  for (const reply of replies) assert.match(cookieOf(reply), /^usher=web[12]\./);
};

describe('a cookie', () => {
  test('holds a secondary and is for the whole site, for an hour, out of reach of scripts', async () => {
    const set = (await visit()).header('set-cookie') ?? '';
    const [pair, ...attributes] = set.split('; ');
    assert.match(pair ?? '', /^usher=web[12]\.[\w.~-]+$/);
    assert.deepEqual(attributes.sort(), ['HttpOnly', 'Max-Age=3600', 'Path=/', 'SameSite=Lax']);
  });

  test('brings a visitor back, however often', async () => {
    const { cookie, port } = await newcomer();
    for (let n = 0; n < 20; n += 1) {
      const reply = await visit(`theme=dark; ${cookie}; PHPSESSID=1`);
      assert.equal(portOf(reply), port);
      assert.equal(reply.header('set-cookie'), undefined, 'a fresh cookie is not set again');
    }
  });

  test('that was forged means nothing', async () => {
    const { cookie } = await newcomer();
    const other = cookie.includes('web1') ? cookie.replace('web1', 'web2') : cookie.replace('web2', 'web1');
    await assertChosenAnew(other);
    // The first character of the signature: of the last one, four bits stand for nothing.
    const signatureAt = cookie.lastIndexOf('.') + 1;
    const swapped = cookie[signatureAt] === 'A' ? 'B' : 'A';
    await assertChosenAnew(cookie.slice(0, signatureAt) + swapped + cookie.slice(signatureAt + 1));
    await assertChosenAnew(cookie.slice(0, -1));
    await assertChosenAnew(`${cookie}x`);
  });

  for (const value of [
    'web1',
    '',
    '__proto__',
    'constructor.x.y',
    'j:{"a":1}',
    '"web1"',
    '%',
    '.',
    '..',
    'web1..',
  ]) {
    test(`usher=${value} means nothing`, () => assertChosenAnew(`usher=${value}`));
  }

  test('that was planted beside ours does not hide it', async () => {
    const { cookie, port } = await newcomer();
    for (const jar of [`usher=planted; ${cookie}`, `${cookie}; usher=planted`]) {
      assert.equal(portOf(await visit(jar)), port);
    }
  });
});

describe('a bound visitor', () => {
  test('of a secondary that drains is kept, and no new one comes to it', async () => {
    const { cookie, port } = await newcomer();
    const draining = secondaries.find((secondary) => secondary.port === port);
    const seen = usher.events.length;
    usher.edit({
      ...config,
      secondaries: secondaries.map((one) => (one === draining ? { ...one, state: 'drain' } : one)),
    });
    await usher.event('config-loaded', { after: seen });
    await until(async () => portOf(await visit()) !== port && portOf(await visit()) !== port);
    assert.equal(portOf(await visit(cookie)), port);
    for (let n = 0; n < 10; n += 1) assert.notEqual(portOf(await visit()), port);
  });

  test('of a secondary in maintenance, or off the list, gets a new one and a new cookie', async () => {
    usher.edit(config);
    await until(async () => new Set([portOf(await visit()), portOf(await visit())]).size === 2);
    const { cookie, port } = await newcomer();
    const mine = secondaries.find((secondary) => secondary.port === port);
    for (const others of [
      secondaries.map((one) => (one === mine ? { ...one, state: 'maintenance' } : one)),
      secondaries.filter((one) => one !== mine),
    ]) {
      usher.edit({ ...config, secondaries: others });
      await until(async () => portOf(await visit(cookie)) !== port);
      assert.ok(!cookieOf(await visit(cookie)).includes(`${mine?.id as string}.`));
      usher.edit(config);
      await until(async () => portOf(await visit(cookie)) === port);
    }
  });
});

test('a cookie ends with its time', async (t) => {
  const brief = await startUsher({ config: { ...config, affinity: { cookie: 'at', for: '1s' } } });
  t.after(brief.stop);
  const { cookie, port } = await newcomer(brief.port);
  assert.match(cookie, /^at=/);
  await until(async () => portOf(await visit(cookie, brief.port)) !== port);
});

test('edited to another folder, it signs with the key that lies there, as after a new start', async (t) => {
  const moved = await startUsher({ config });
  t.after(moved.stop);
  const { cookie } = await newcomer(moved.port);
  moved.edit({ ...config, checks: { from: 'none', files: 'elsewhere' } });
  await until(() => existsSync(join(dirname(moved.configFile), 'elsewhere', 'secret')));
  await until(async () => {
    const replies = [await visit(cookie, moved.port), await visit(cookie, moved.port)];
    return new Set(replies.map(portOf)).size === 2;
  });
});

test('without affinity nobody gets a cookie, and one from before means nothing', async (t) => {
  const { cookie, port } = await newcomer();
  const loose = await startUsher({ config: { ...config, affinity: false } });
  t.after(loose.stop);
  const replies = [await visit(cookie, loose.port), await visit(cookie, loose.port)];
  assert.ok(replies.some((reply) => portOf(reply) !== port));
  for (const reply of replies) assert.equal(reply.header('set-cookie'), undefined);
});

test('the secret is for its owner alone, and survives a restart: so do the cookies', async (t) => {
  const one = await startUsher({ config });
  t.after(one.stop);
  const file = join(one.folder, 'state', 'secret');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const secret = readFileSync(file);
  const { cookie, port } = await newcomer(one.port);
  one.signal('SIGTERM');
  await one.ended;
  const next = await startUsher({ config, keep: one });
  t.after(next.stop);
  assert.deepEqual(readFileSync(file), secret);
  for (let n = 0; n < 4; n += 1) assert.equal(portOf(await visit(cookie, next.port)), port);
});
