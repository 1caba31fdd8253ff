import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAttempts } from '../../src/doors/admin/attempts.ts';
import { secretIn } from '../../src/doors/admin/credentials.ts';
import { createGuard, type Welcome } from '../../src/doors/admin/guard.ts';
import {
  hashPassword,
  parsePasswordHash,
  verifyPassword,
  type PasswordHash,
} from '../../src/doors/admin/password.ts';
import { createRefusals } from '../../src/doors/admin/refusals.ts';
import { hashToken, newToken, type TokenProof } from '../../src/doors/admin/token.ts';
import { pretend, secondary } from '../dashboard/pretend.ts';
import { ask, begin, openAdmin, type Answer } from './open-admin.ts';

const RIGHT = 'correct horse – Batteriestaple';

/** A hash that costs next to nothing, so that the tests do not wait. */
const cheap = (secret: string): string => {
  const salt = Buffer.from('sixteen bytes …');
  const hash = scryptSync(secret, salt, 32, { N: 2, r: 1, p: 1 });
  return `scrypt$2$1$1$${salt.toString('base64url')}$${hash.toString('base64url')}`;
};
const password = cheap(RIGHT);

const open = () => {
  const pool = pretend([secondary('web1')]);
  return { pool, door: openAdmin(pool, { password }) };
};

const proving = (password: PasswordHash) => () => ({ password });

const basic = (secret: string, user = 'anybody') =>
  `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

/** A header goes out as Latin-1. */
const bearer = (secret: string) => `Bearer ${Buffer.from(secret).toString('latin1')}`;

const status = (url: string, Authorization?: string): Promise<Answer> =>
  ask(`${url}api/status`, { headers: Authorization === undefined ? {} : { Authorization } });

test('a hash proves its password and no other', async () => {
  const made = await hashPassword(RIGHT);
  assert.match(made, /^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/);
  const proof = parsePasswordHash(made)!;
  assert.equal(await verifyPassword(RIGHT, proof), true);
  assert.equal(await verifyPassword(`${RIGHT} `, proof), false);
  const cheaper = parsePasswordHash(cheap('Käse'.normalize('NFC')))!;
  assert.equal(await verifyPassword('Käse'.normalize('NFD'), cheaper), true);
});

test('without the password nothing is shown but that the door is alive', async () => {
  const { url } = await open().door;
  for (const path of ['', 'api/status', 'api/events', 'api/journal', 'metrics', 'dashboard.js', 'nothing']) {
    const { status, headers } = await ask(url + path);
    assert.equal(status, 401, path);
    assert.equal(headers['www-authenticate'], 'Basic realm="Usher", charset="UTF-8"');
    assert.equal(headers['set-cookie'], undefined);
  }
  assert.equal((await ask(`${url}healthz`)).status, 200);
  assert.equal((await ask(`${url}readyz`)).status, 200);
  assert.equal((await ask(`${url}healthz/../api/status`)).status, 401);
  assert.equal((await ask(`${url}api/status?/healthz`)).status, 401);
});

test('the password opens by Basic with any user name, and by Bearer', async () => {
  const { url } = await open().door;
  for (const authorization of [
    basic(RIGHT),
    basic(RIGHT, ''),
    basic(RIGHT, 'ütf'),
    bearer(RIGHT),
    basic(RIGHT).replace('Basic', 'bAsIc '),
  ]) {
    assert.equal((await status(url, authorization)).status, 200, authorization);
  }
});

test('what is not the password is refused and told to the operator', async () => {
  const { pool, door } = open();
  const { url } = await door;
  for (const authorization of [
    basic(''),
    'Basic',
    'Basic !!!',
    'Bearer',
    'Digest correct',
    bearer('x'.repeat(4000)),
    'Basic Og==',
  ]) {
    assert.equal((await status(url, authorization)).status, 401, authorization);
  }
  assert.deepEqual(pool.entries(), []);
  assert.equal((await status(url, basic('wrong'))).status, 401);
  assert.equal((await status(url, basic(password))).status, 401);
  const told = pool.entries().map((entry) => [entry.type, 'address' in entry && entry.address].join());
  assert.deepEqual([...new Set(told)], ['password-refused,127.0.0.1']);
});

test('whoever tries many passwords has to wait; who is in already has not', async () => {
  const { url } = await open().door;
  assert.equal((await status(url, basic(RIGHT))).status, 200);
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => status(url, basic(`guess ${index}`))),
  );
  const tried = answers.filter((answer) => answer.status === 401).length;
  assert.ok(tried <= 5, `${tried} of 40 were tried`);
  const waiting = answers.find((answer) => answer.status === 429);
  assert.ok(Number(waiting?.headers['retry-after']) > 0);
  assert.equal((await status(url, basic(RIGHT))).status, 200);
});

test('who has waited may try again; who has not gets no answer even for the right one', async () => {
  let now = 0;
  const guard = createGuard(proving(parsePasswordHash(password)!), { now: () => now });
  const knock = (secret: string): Promise<Welcome> =>
    guard({ authorization: basic(secret), address: '192.0.2.7' });
  for (let index = 0; index < 5; index += 1) assert.equal((await knock(`guess ${index}`)).kind, 'wrong');
  assert.deepEqual(await knock(RIGHT), { kind: 'later', waitMs: 10_000 });
  now = 10_001;
  assert.equal((await knock(RIGHT)).kind, 'welcome');
  assert.equal((await knock(RIGHT)).kind, 'welcome');
});

test('a page and all it loads count as one attempt', async () => {
  const guard = createGuard(proving(parsePasswordHash(password)!), { now: () => 0 });
  const visitor = { authorization: basic(RIGHT), address: '192.0.2.7' };
  const together = await Promise.all(Array.from({ length: 40 }, () => guard(visitor)));
  assert.ok(together.every(({ kind }) => kind === 'welcome'));
});

test('a flood from everywhere waits in a short line', async () => {
  const guard = createGuard(proving(parsePasswordHash(password)!), { now: () => 0 });
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      guard({ authorization: basic(`guess ${index}`), address: `192.0.2.${index}` }),
    ),
  );
  assert.equal(answers.filter(({ kind }) => kind === 'wrong').length, 16);
  assert.equal(answers.filter(({ kind }) => kind === 'later').length, 44);
});

const tokenFor = (name: string, scope: TokenProof['scope']) => {
  const token = newToken();
  return { token, proof: { name, scope, hash: hashToken(token) } };
};

test('a token opens by Bearer, and by Basic in the place of the password; one for reading changes nothing', async () => {
  const reading = tokenFor('prometheus', 'read');
  const writing = tokenFor('deploy', 'write');
  const pool = pretend([secondary('web1')]);
  const { url } = await openAdmin(pool, { tokens: [reading.proof, writing.proof] });
  const change = async (Authorization: string): Promise<number> => {
    const headers = { Authorization, 'Content-Type': 'application/json' };
    return (await ask(`${url}api/secondaries/web1`, { method: 'PATCH', headers, body: '{}' })).status;
  };
  assert.equal((await ask(`${url}metrics`)).status, 401);
  for (const { token } of [reading, writing]) {
    assert.equal((await status(url, bearer(token))).status, 200);
    assert.equal((await status(url, basic(token))).status, 200);
  }
  assert.equal(await change(bearer(reading.token)), 403);
  assert.equal(await change(bearer(writing.token)), 404, 'nothing can be edited here, but it is let in');
  assert.equal((await status(url, bearer(reading.proof.hash))).status, 401);
  assert.equal((await status(url, basic(RIGHT))).status, 401);
  assert.deepEqual([...new Set(pool.entries().map(({ type }) => type))], ['password-refused']);
});

test('whoever tries many tokens has to wait; the right one is heard all the same', async () => {
  const { token, proof } = tokenFor('prometheus', 'read');
  const guard = createGuard(() => ({ tokens: [proof] }), { now: () => 0 });
  const knock = async (secret: string): Promise<string> =>
    (await guard({ authorization: bearer(secret), address: '192.0.2.7' })).kind;
  for (let index = 0; index < 5; index += 1) assert.equal(await knock(newToken()), 'wrong');
  assert.equal(await knock(newToken()), 'later');
  assert.equal(await knock(token), 'welcome');
});

test('attempts are counted in bounded memory, IPv6 by /64', () => {
  const attempts = createAttempts({ now: () => 0 });
  const spend = (): void => {
    for (let left = 5; left > 0; left -= 1) attempts.take('198.51.100.1');
  };
  const others = (count: number): void => {
    for (let index = 0; index < count; index += 1) attempts.take(`10.0.${index >> 8}.${index & 255}`);
  };
  spend();
  others(999);
  assert.ok(attempts.take('198.51.100.1').waitMs > 0, 'one of a thousand addresses is remembered');
  others(1000);
  assert.equal(attempts.take('198.51.100.1').waitMs, 0, 'who was seen before a thousand others is forgotten');
  for (let index = 0; index < 5; index += 1) assert.equal(attempts.take(`2001:db8::${index}`).waitMs, 0);
  assert.ok(attempts.take('2001:db8::ffff').waitMs > 0);
  assert.equal(attempts.take('2001:db8:0:1::1').waitMs, 0);
  for (let index = 0; index < 5; index += 1) attempts.take('::ffff:192.0.2.1');
  assert.ok(attempts.take('192.0.2.1').waitMs > 0);
  assert.doesNotThrow(() => attempts.take(''));
  assert.doesNotThrow(() => attempts.take('fe80::1%eth0'));
});

test('any Authorization header is read without an exception', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.base64String().map((text) => `Basic ${text}`),
      ),
      (text) => {
        const found = secretIn(text);
        assert.ok(found === undefined || (found !== '' && found.length <= 1024));
      },
    ),
  );
});

test('any password comes through Basic and Bearer as it is', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 200 }).filter((text) => text.trim() === text),
      (secret) => {
        assert.equal(secretIn(basic(secret)), secret);
        assert.equal(secretIn(bearer(secret)), secret);
      },
    ),
  );
});

test('a token that is taken out counts no more at once, whoever looks by it is let go, and the door stays closed', async () => {
  const pool = pretend([secondary('web1')]);
  const [one, other] = [tokenFor('one', 'write'), tokenFor('other', 'write')];
  const { host, port } = pool.sources.settings().admin;
  pool.configure({ admin: { host, port, tokens: [one.proof, other.proof] } });
  const { url } = await openAdmin(pool);
  const ofBoth = async () => [
    (await status(url, bearer(one.token))).status,
    (await status(url, bearer(other.token))).status,
    (await status(url)).status,
  ];
  assert.deepEqual(await ofBoth(), [200, 200, 401]);
  const headers = { Host: new URL(url).host, Authorization: bearer(one.token), Accept: 'text/event-stream' };
  const looking = await begin(`${url}api/events`, { headers });
  assert.equal(looking.statusCode, 200);
  const letGo = new Promise((resolve) =>
    looking
      .on('error', () => undefined)
      .on('close', resolve)
      .resume(),
  );
  pool.configure({ admin: { host, port, tokens: [other.proof] } });
  assert.deepEqual(await ofBoth(), [401, 200, 401]);
  await letGo;
  pool.configure({ admin: { host, port } });
  assert.deepEqual(await ofBoth(), [401, 401, 401]);
  pool.configure({ admin: { host, port, password } });
  assert.equal((await status(url, basic(RIGHT))).status, 200);
  pool.configure({ admin: { host, port, password: cheap('another') } });
  assert.equal((await status(url, basic(RIGHT))).status, 401);
  assert.equal((await status(url, basic('another'))).status, 200);
});

test('a flood of wrong passwords is told once a second, with how many', () => {
  const told: unknown[] = [];
  const refusals = createRefusals(({ type: _, ...event }: object & { type: string }) => told.push(event));
  for (let nth = 0; nth < 1000; nth += 1) refusals.note(`2001:db8::${nth.toString(16)}`);
  refusals.tell();
  refusals.note('192.0.2.1');
  refusals.tell();
  refusals.tell();
  refusals.note('192.0.2.2');
  assert.deepEqual(told, [
    { address: '2001:db8::0' },
    { address: '2001:db8::3e7', times: 999 },
    { address: '192.0.2.1', times: 1 },
    { address: '192.0.2.2' },
  ]);
});
