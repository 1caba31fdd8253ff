import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAffinity } from '../../src/dispatch/affinity.ts';

const HOUR = 3_600_000;
const key = Buffer.alloc(32, 1);
const olderKey = Buffer.alloc(32, 2);
const START = 1_800_000_000_000;

const at = (now: { ms: number }, secrets: [Buffer, ...Buffer[]] = [key]) =>
  createAffinity({ cookie: 'usher', forMs: HOUR, secrets, wall: () => now.ms });
const valueOf = (setCookie: string): string => setCookie.split(';')[0] ?? '';

test('a visitor is bound to the secondary whose cookie he brings back', () => {
  const affinity = at({ ms: START });
  const cookie = valueOf(affinity.bind('web1', 'http'));
  assert.deepEqual(affinity.read(cookie, 'http'), {
    id: 'web1',
    badge: cookie.slice('usher='.length),
    ageMs: 0,
    isAging: false,
  });
});

test('ids with dots survive the cookie', () => {
  const affinity = at({ ms: START });
  assert.equal(
    affinity.read(valueOf(affinity.bind('www.example.org', 'http')), 'http')?.id,
    'www.example.org',
  );
});

test('the cookie has the attributes of the contract', () => {
  assert.match(
    at({ ms: START }).bind('web1', 'http'),
    /^usher=web1\.[0-9a-z]+\.[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=3600$/,
  );
});

test('over TLS it is Secure and bears the __Host- prefix, and only that one is read', () => {
  const affinity = at({ ms: START });
  const secure = affinity.bind('web1', 'https');
  assert.match(secure, /^__Host-usher=.*; Secure$/);
  assert.equal(affinity.read(valueOf(secure), 'https')?.id, 'web1');
  assert.equal(affinity.read(valueOf(affinity.bind('web1', 'http')), 'https'), undefined);
});

test('a cookie ends with its time, and is renewed in its second half', () => {
  const now = { ms: START };
  const affinity = at(now);
  const value = valueOf(affinity.bind('web1', 'http'));
  now.ms += HOUR / 2 + 1000;
  assert.partialDeepStrictEqual(affinity.read(value, 'http'), { id: 'web1', isAging: true });
  now.ms += HOUR / 2;
  assert.equal(affinity.read(value, 'http'), undefined);
});

test('all visitors of a minute share the cookie of a secondary, and where it lives for seconds only those of one', () => {
  const now = { ms: START + 300 };
  const ofAnHour = at(now);
  const ofTenSeconds = createAffinity({
    cookie: 'usher',
    forMs: 10_000,
    secrets: [key],
    wall: () => now.ms,
  });
  const bind = (): readonly string[] => [
    ofAnHour.bind('web1', 'http', 7),
    ofTenSeconds.bind('web1', 'http', 7),
  ];
  const [long, short] = bind();
  now.ms = START + 59_900;
  const [longLater, shortLater] = bind();
  assert.equal(longLater, long);
  assert.notEqual(shortLater, short);
  now.ms = START + 60_000;
  assert.notEqual(ofAnHour.bind('web1', 'http', 7), long);
  assert.equal(ofAnHour.bind('web1', 'http'), ofAnHour.bind('web1', 'http', 7));
  assert.equal(valueOf(ofAnHour.bind('web2', 'http', 2)).split('.')[0], 'usher=web2');
  assert.partialDeepStrictEqual(ofAnHour.read(valueOf(long ?? ''), 'http'), { id: 'web1', isAging: false });
});

test('visitors of the same time are told apart by letters, which are no part of what is signed', () => {
  let cast = 0;
  const options = { cookie: 'usher', forMs: HOUR, secrets: [key] as const, wall: () => START };
  const affinity = createAffinity({ ...options, dice: () => ((cast += 1) / 7) % 1 });
  const values = [1, 2, 3].map(() => valueOf(affinity.bind('web1', 'http')));
  assert.equal(new Set(values).size, 3);
  for (const value of values) {
    assert.match(value, /^usher=web1\.[0-9a-z]+\.[\w-]{26}$/);
    const badge = value.slice('usher='.length);
    assert.deepEqual(affinity.read(value, 'http'), { id: 'web1', badge, ageMs: 0, isAging: false });
    for (const changed of [value.slice(0, -1), `${value}x`, `${value.slice(0, -5)}${value.slice(-4)}`])
      assert.equal(affinity.read(changed, 'http'), undefined);
  }
  const all = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(all, (number) => {
      const { bind } = createAffinity({ ...options, dice: () => number });
      assert.match(valueOf(bind('web1', 'http')), /^usher=web1\.[0-9a-z]+\.[\w-]{26}$/);
    }),
  );
});

test('a cookie from the future does not count', () => {
  const value = valueOf(at({ ms: START + 2 * HOUR }).bind('web1', 'http'));
  assert.equal(at({ ms: START }).read(value, 'http'), undefined);
});

test('the previous key is still accepted, an unknown one is not', () => {
  const old = valueOf(at({ ms: START }, [olderKey]).bind('web1', 'http'));
  assert.equal(at({ ms: START }, [key, olderKey]).read(old, 'http')?.id, 'web1');
  assert.equal(at({ ms: START }, [key]).read(old, 'http'), undefined);
});

test('among cookies of other ports the one that is ours is found', () => {
  const affinity = at({ ms: START });
  const ours = valueOf(affinity.bind('web2', 'http'));
  assert.equal(affinity.read(`PHPSESSID=x; usher=forged.x.y;  ${ours}; xusher=1`, 'http')?.id, 'web2');
});

test('no cookie with a changed character is believed', () => {
  const affinity = at({ ms: START });
  const value = valueOf(affinity.bind('web1', 'http'));
  const letters = 'ABCabc012_-.';
  fc.assert(
    fc.property(
      fc.integer({ min: 'usher='.length, max: value.length - 2 }),
      fc.constantFrom(...Array.from(letters)),
      (place, letter) => {
        const forged = value.slice(0, place) + letter + value.slice(place + 1);
        fc.pre(forged !== value);
        assert.equal(affinity.read(forged, 'http'), undefined);
      },
    ),
  );
});

test('nothing in a Cookie header makes reading throw', () => {
  const affinity = at({ ms: START });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (rest) => {
      assert.equal(affinity.read(`usher=${rest}`, 'http'), undefined);
      assert.equal(affinity.read(rest, 'http'), undefined);
    }),
  );
});
