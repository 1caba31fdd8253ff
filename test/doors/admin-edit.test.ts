import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scryptSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { eventWords } from '../../src/dashboard/words.ts';
import { hashToken, newToken } from '../../src/doors/admin/token.ts';
import { pretend, secondary } from '../dashboard/pretend.ts';
import { aConfig } from './a-config.ts';
import { ask, openAdmin, type AdminMore, type Answer, type Question } from './open-admin.ts';

const TEXT = `{
  "policy":   "random",
  "secondaries": [
    { "port": 8086 },
    { "id": "b", "port": 8087, "weight": 2 }
  ]
}
`;

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A door whose config is a real file, and somebody who edits it. */
const open = async (more: AdminMore = {}, text = TEXT) => {
  const config = aConfig(text);
  const pool = pretend([secondary('web8086'), secondary('b')]);
  const { url } = await openAdmin(pool, { editing: config.editing, ...more });
  const etag = async (): Promise<string> => String((await ask(`${url}api/config`)).headers.etag);
  const send = async (
    method: string,
    path: string,
    { body, headers = {}, raw }: { body?: unknown; headers?: Record<string, string>; raw?: string } = {},
  ): Promise<Answer> => {
    const given = 'If-Match' in headers ? headers : { 'If-Match': await etag(), ...headers };
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const question: Question = { method, headers: { ...JSON_TYPE, ...given } };
    return ask(url + path, text === undefined ? question : { ...question, body: text });
  };
  return { url, config, pool, send, etag };
};

const words = ({ body }: Answer): string => (JSON.parse(body) as { error: string }).error;

test('the config is shown with its ETag, and without what is nobody else’s', async () => {
  const { url, config } = await open();
  const { status, headers, body } = await ask(`${url}api/config`);
  assert.equal(status, 200);
  const told = JSON.parse(body) as Record<string, unknown>;
  assert.equal(told['etag'], headers.etag);
  assert.equal(told['file'], config.file);
  assert.deepEqual(told['secondaries'], [{ port: 8086 }, { id: 'b', port: 8087, weight: 2 }]);
  assert.deepEqual([told['versions'], told['mistakes']], [[], []]);
});

test('a state and a weight are set in the file, and nothing else of it changes', async () => {
  const { config, send, pool, etag } = await open();
  const drained = await send('PATCH', 'api/secondaries/b', { body: { state: 'drain', weight: 0.5 } });
  assert.equal(drained.status, 200);
  assert.equal(config.read(), TEXT.replace('"weight": 2 }', '"weight": 0.5, "state": "drain" }'));
  const told = JSON.parse(drained.body) as Record<string, unknown>;
  assert.deepEqual([told['isNew'], told['version'], told['etag']], [true, 1, await etag()]);
  assert.equal(drained.headers.etag, told['etag']);
  assert.deepEqual(
    pool.entries().flatMap((entry) => (entry.type === 'config-edited' ? [[entry.what, entry.address]] : [])),
    [['b: state drain, weight 0.5', '127.0.0.1']],
  );

  const again = await send('PATCH', 'api/secondaries/b', { body: { state: 'drain' } });
  assert.equal((JSON.parse(again.body) as Record<string, unknown>)['isNew'], false);
  assert.equal(pool.entries().filter(({ type }) => type === 'config-edited').length, 1);
});

test('a secondary is added and taken out', async () => {
  const { config, send } = await open();
  assert.equal((await send('POST', 'api/secondaries', { body: { port: 8088, weight: 3 } })).status, 200);
  assert.match(config.read(), /"weight": 2 \},\n {4}\{ "port": 8088, "weight": 3 \}\n {2}\]/);
  assert.equal((await send('DELETE', 'api/secondaries/web8088')).status, 200);
  assert.equal(config.read(), TEXT);
});

test('a version is brought back by one call', async () => {
  const { config, send, url } = await open();
  await send('DELETE', 'api/secondaries/b');
  assert.notEqual(config.read(), TEXT);
  const { versions } = JSON.parse((await ask(`${url}api/config`)).body) as {
    versions: { number: number; name: string; keptAt: string }[];
  };
  assert.deepEqual(
    versions.map(({ number, name }) => [number, name]),
    [[1, 'usher.json']],
  );
  assert.equal((await send('POST', 'api/config/restore', { body: { version: 1 } })).status, 200);
  assert.equal(config.read(), TEXT);
  const missing = await send('POST', 'api/config/restore', { body: { version: 9 } });
  assert.deepEqual(
    [missing.status, words(missing)],
    [404, 'There is no version 9 of the config. The last ten of each file are kept.'],
  );
});

test('what would be a mistake is refused with its line and column, and the file stays', async () => {
  const { config, send } = await open();
  const wrong = [
    ['PATCH', 'api/secondaries/b', { weight: -1 }],
    ['PATCH', 'api/secondaries/b', { weight: '2' }],
    ['PATCH', 'api/secondaries/b', { weight: null }],
    ['PATCH', 'api/secondaries/b', { state: 'asleep' }],
    ['PATCH', 'api/secondaries/b', { state: { toString: 'x' } }],
    ['POST', 'api/secondaries', {}],
    ['POST', 'api/secondaries', { port: 6000 }],
    ['POST', 'api/secondaries', { port: 8086 }],
    ['POST', 'api/secondaries', { port: 8088, weigth: 2 }],
    ['POST', 'api/secondaries', { port: 8088, id: 'B"\n<script>' }],
  ] as const;
  for (const [method, path, body] of wrong) {
    const answer = await send(method, path, { body });
    assert.equal(answer.status, 422, JSON.stringify(body));
    const { error, mistakes } = JSON.parse(answer.body) as {
      error: string;
      mistakes: { words: string; line: number; column: number }[];
    };
    assert.match(error, /would have mistakes/);
    const [first] = mistakes;
    assert.ok(first !== undefined && first.line >= 5 && first.column > 1, answer.body);
    assert.ok(first.words.includes(`usher.json:${first.line}:${first.column}: `), first.words);
    assert.equal(config.read(), TEXT);
  }
  await send('DELETE', 'api/secondaries/b');
  const last = await send('DELETE', 'api/secondaries/web8086');
  assert.equal(last.status, 422, 'an empty list is none');
});

test('a secondary that is not there is told with the likely one', async () => {
  const { send } = await open();
  for (const [method, body] of [
    ['PATCH', { weight: 2 }],
    ['DELETE', undefined],
  ] as const) {
    const answer = await send(method, 'api/secondaries/web8068', { body });
    assert.equal(answer.status, 404);
    assert.match(words(answer), /Did you mean web8086/);
  }
  for (const id of ['__proto__', 'constructor', '%2e%2e%2fx', '%00'])
    assert.equal((await send('DELETE', `api/secondaries/${id}`)).status, 404, id);
  assert.equal((await send('DELETE', 'api/secondaries/%zz')).status, 400);
});

test('a config with mistakes is not edited, and the answer says where they are', async () => {
  const { config, send } = await open();
  const broken = TEXT.replace('"random"', '"radnom"');
  config.write(broken);
  const answer = await send('PATCH', 'api/secondaries/b', { body: { state: 'drain' } });
  assert.equal(answer.status, 409);
  assert.match(answer.body, /usher\.json:2:15: /);
  assert.equal(config.read(), broken);
});

test('a change names the state of the file that it is meant for', async () => {
  const { url, config, send, etag } = await open();
  const body = '{"weight":3}';
  const without = await ask(`${url}api/secondaries/b`, { method: 'PATCH', headers: JSON_TYPE, body });
  assert.equal(without.status, 428);
  assert.match(words(without), /If-Match/);

  const seen = await etag();
  config.write(`${TEXT}\n`);
  for (const given of [seen, `W/${await etag()}`, '"nonsense"', 'nonsense', `"a", ${await etag()}`]) {
    const late = await send('PATCH', 'api/secondaries/b', {
      body: { weight: 3 },
      headers: { 'If-Match': given },
    });
    assert.equal(late.status, 412, given);
    assert.match(words(late), /Somebody else has edited/);
  }
  assert.equal(config.read(), `${TEXT}\n`);
  const any = await send('PATCH', 'api/secondaries/b', { body: { weight: 3 }, headers: { 'If-Match': '*' } });
  assert.equal(any.status, 200);
});

test('of two who edit what both saw, the second is told', async () => {
  const { config, send, etag } = await open();
  const headers = { 'If-Match': await etag() };
  const statuses = await Promise.all([
    send('PATCH', 'api/secondaries/b', { body: { weight: 7 }, headers }),
    send('DELETE', 'api/secondaries/web8086', { headers }),
  ]);
  assert.deepEqual(statuses.map(({ status }) => status).toSorted(), [200, 412]);
  assert.notEqual(config.read(), TEXT);
});

test('no other page can change anything', async () => {
  const { url, config, etag } = await open();
  const { host } = new URL(url);
  const own = { ...JSON_TYPE, 'If-Match': await etag() };
  const foreign = [
    { ...own, Origin: 'http://127.0.0.1:8086' },
    { ...own, Origin: 'null' },
    { ...own, 'Sec-Fetch-Site': 'same-site', Origin: `http://${host}` },
    { ...own, 'Sec-Fetch-Site': 'cross-site' },
    { ...own, Host: 'rebound.example' },
    { ...own, 'Content-Type': 'text/plain' },
    { ...own, 'Content-Type': 'application/x-www-form-urlencoded' },
  ];
  const writes = [
    ['POST', 'api/secondaries', '{"port":8099}'],
    ['PATCH', 'api/secondaries/b', '{"state":"drain"}'],
    ['DELETE', 'api/secondaries/b', '{}'],
    ['POST', 'api/config/restore', '{"version":1}'],
  ] as const;
  for (const headers of foreign) {
    for (const [method, path, body] of writes) {
      const { status } = await ask(url + path, { method, headers, body });
      assert.ok([403, 415, 421].includes(status), `${status} ${JSON.stringify({ method, headers })}`);
    }
  }
  assert.equal(config.read(), TEXT);
  const same = { ...own, 'Sec-Fetch-Site': 'same-origin', Origin: `http://${host}` };
  const { status } = await ask(`${url}api/secondaries/b`, { method: 'DELETE', headers: same });
  assert.equal(status, 200);
});

test('whoever has no password changes nothing', async () => {
  const salt = Buffer.alloc(16);
  const hash = scryptSync('open sesame', salt, 32, { N: 2, r: 1, p: 1 });
  const { url, config } = await open({
    password: `scrypt$2$1$1$${salt.toString('base64url')}$${hash.toString('base64url')}`,
  });
  const headers = { ...JSON_TYPE, 'If-Match': '*' };
  assert.equal((await ask(`${url}api/config`)).status, 401);
  const question = { method: 'PATCH', body: '{"state":"drain"}' } as const;
  assert.equal((await ask(`${url}api/secondaries/b`, { ...question, headers })).status, 401);
  assert.equal(config.read(), TEXT);
  const Authorization = `Bearer open sesame`;
  const known = { ...headers, Authorization };
  assert.equal((await ask(`${url}api/secondaries/b`, { ...question, headers: known })).status, 200);
});

test('hostile bodies are refused with a sentence', async () => {
  const { config, send, pool } = await open();
  const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const bodies: [raw: string, status: number, says: RegExp][] = [
    ['{', 400, /no JSON/],
    ['', 422, /given nothing/],
    ['[]', 400, /JSON object/],
    ['null', 400, /JSON object/],
    ['"drain"', 400, /JSON object/],
    ['{}', 422, /given nothing/],
    ['{"id":"c"}', 422, /"state", "until" and "weight" can be set here; given "id"/],
    ['{"__proto__":{"state":"drain"}}', 422, /__proto__/],
    ['\ufeff{"state":"drain"', 400, /no JSON/],
    ['{ "weight": 1,\n "weight": 2 }', 400, /2:2: "weight" is there twice, first in line 1/],
    [deep(13), 422, /nested that deep/],
    [deep(10_000), 422, /nested that deep/],
    [`{"state":"${'x'.repeat(70_000)}"}`, 413, /64 KiB/],
  ];
  for (const [raw, status, says] of bodies) {
    const answer = await send('PATCH', 'api/secondaries/b', { raw });
    assert.equal(answer.status, status, raw.slice(0, 60));
    assert.match(words(answer), says);
  }
  for (const [headers, status] of [
    [{ 'Content-Encoding': 'gzip' }, 415],
    [{ 'Content-Type': 'application/json; charset=klingon' }, 415],
  ] as const) {
    const answer = await send('PATCH', 'api/secondaries/b', {
      raw: gzipSync('{"state":"drain"}').toString('latin1'),
      headers,
    });
    assert.equal(answer.status, status);
    assert.match(words(answer), /^The body of a change is /);
  }
  for (const body of [{ version: 1.5 }, { version: '1' }, { version: 1, and: 2 }, { version: '../1' }, {}]) {
    assert.equal((await send('POST', 'api/config/restore', { body })).status, 422);
  }
  assert.equal(config.read(), TEXT);
  assert.deepEqual(
    pool.entries().filter(({ type }) => type === 'bug'),
    [],
  );
});

test('whatever is added, the file stays a config that is in order', async () => {
  const { config, send, pool } = await open();
  await fc.assert(
    fc.asyncProperty(
      fc.object({ maxDepth: 3, key: fc.oneof(fc.string(), fc.constantFrom('port', 'id', 'weight')) }),
      async (body) => {
        const before = config.read();
        const { status } = await send('POST', 'api/secondaries', { body });
        assert.ok(status === 200 || status === 422, String(status));
        if (status === 422) assert.equal(config.read(), before);
      },
    ),
    { numRuns: 60 },
  );
  assert.equal((await send('PATCH', 'api/secondaries/b', { body: { weight: 9 } })).status, 200);
  assert.deepEqual(
    pool.entries().filter(({ type }) => type === 'bug'),
    [],
  );
});

test('changes come one after the other, and a flood of them is refused', async () => {
  let underway = 0;
  let most = 0;
  const { send } = await open({
    editing: {
      show: () => Promise.reject(new Error('not asked')),
      change: async () => {
        most = Math.max(most, (underway += 1));
        await new Promise((done) => setTimeout(done, 20));
        underway -= 1;
        return { ok: true, file: 'x', isNew: false, tag: 'x', takenOut: [] };
      },
    },
  });
  const headers = { 'If-Match': '*' };
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => send('PATCH', 'api/secondaries/b', { body: { weight: 1 }, headers })),
  );
  assert.equal(most, 1);
  const refused = answers.filter(({ status }) => status === 503);
  assert.ok(refused.length > 0 && refused.every((one) => one.headers['retry-after'] === '5'));
  assert.ok(answers.every(({ status }) => status === 200 || status === 503));
});

test('no state is given an end that is past', async () => {
  const { send, config } = await open();
  const until = '2020-01-31T06:00:00+01:00';
  const set = await send('PATCH', 'api/secondaries/b', { body: { state: 'drain', until } });
  const add = await send('POST', 'api/secondaries', { body: { port: 8088, state: 'drain', until } });
  for (const answer of [set, add]) {
    assert.equal(answer.status, 422);
    assert.match(words(answer), /^2020-01-31T06:00:00\+01:00 is over already\. Name an instant after /);
  }
  assert.equal(config.read(), TEXT);
});

test('a change that meets another one at the file is refused for now, not as an error', async () => {
  const { send, config } = await open();
  writeFileSync(join(dirname(config.file), '.usher.json.usher-edit'), 'of another');
  const { status, headers, body } = await send('PATCH', 'api/secondaries/b', { body: { weight: 1 } });
  assert.deepEqual([status, headers['retry-after']], [503, '5']);
  assert.match(body, /is being edited by somebody else/);
  assert.equal(config.read(), TEXT);
});

test('other methods are told which there are', async () => {
  const { send } = await open();
  const allowed = {
    'api/config': 'GET, HEAD',
    'api/secondaries': 'POST',
    'api/secondaries/b': 'PATCH, DELETE',
  };
  for (const [path, allow] of Object.entries(allowed)) {
    const { status, headers } = await send('PUT', path, { body: {} });
    assert.equal(status, 405, path);
    assert.equal(headers.allow, allow);
  }
});

test('without a config file there is nothing to edit', async () => {
  const { url } = await openAdmin(pretend([secondary('b')]));
  assert.equal((await ask(`${url}api/config`)).status, 404);
  const asked = { method: 'DELETE', headers: { ...JSON_TYPE, 'If-Match': '*' } };
  assert.equal((await ask(`${url}api/secondaries/b`, asked)).status, 404);
});

test('who edited is told: by which token, or the password', async () => {
  const token = newToken();
  const { send, pool } = await open({ tokens: [{ name: 'deploy', scope: 'write', hash: hashToken(token) }] });
  const headers = { Authorization: `Bearer ${token}`, 'If-Match': '*' };
  assert.equal((await send('PATCH', 'api/secondaries/b', { body: { weight: 3 }, headers })).status, 200);
  const [edited] = pool.entries().filter((entry) => entry.type === 'config-edited');
  assert.ok(edited !== undefined);
  assert.equal(edited.by, 'token deploy');
  assert.match(eventWords(edited).words, /edited by token deploy from 127\.0\.0\.1: b: weight 3$/);
});
