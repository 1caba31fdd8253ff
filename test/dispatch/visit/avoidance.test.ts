import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  avoidanceCookie,
  avoidedIn,
  avoiding,
  isComplainedOf,
} from '../../../src/dispatch/visit/avoidance.ts';

const added = (id: string, value: string, listed: ReadonlySet<string> = new Set(['web1', 'web2'])): string =>
  avoiding(id, { isHandedBack: false, value, listed });

test('who was handed back keeps away, and has complained of nobody; what he said before still counts', () => {
  const listed = new Set(['web1', 'web2']);
  const handed = (id: string, value: string): string => avoiding(id, { isHandedBack: true, value, listed });
  const header = `usher-other=${handed('web1', 'web2')}`;
  assert.deepEqual(avoidedIn(header, 'usher-other'), ['web1', 'web2']);
  assert.equal(isComplainedOf('web1', header, 'usher-other'), false);
  assert.equal(isComplainedOf('web2', header, 'usher-other'), true);
  assert.equal(handed('web1', 'web2~web1'), 'web1~web2');
  assert.equal(added('web1', 'web1!~web2!'), 'web1~web2!');
});

test('whoever avoids one more keeps the last four, the newest first', () => {
  const listed = new Set(['web1', 'web2', 'a', 'b', 'c', 'd', 'e']);
  assert.equal(added('web1', '', listed), 'web1');
  assert.equal(added('web2', 'web1', listed), 'web2~web1');
  assert.equal(added('web1', 'web2~web1', listed), 'web1~web2');
  assert.equal(added('e', 'd~c~b~a', listed), 'e~d~c~b');
  assert.equal(added('web1', 'x;y~\r\nSet-Cookie: z~web2~constructor', listed), 'web1~web2');
});

test('the cookie is called after the affinity cookie, is there without one, and over TLS nobody else can plant it', () => {
  assert.equal(avoidanceCookie({ cookie: 'site' }, 'http'), 'site-other');
  assert.equal(avoidanceCookie(false, 'http'), 'usher-other');
  assert.equal(avoidanceCookie({ cookie: 'site' }, 'https'), '__Host-site-other');
});

test('what was written is read again from between other cookies', () => {
  assert.deepEqual(avoidedIn('a=b; usher=x.y.z; usher-other=web2~web1; c=d', 'usher-other'), [
    'web2',
    'web1',
  ]);
  assert.deepEqual(avoidedIn('usher=x.y.z', 'usher-other'), []);
});

test('any header names at most four', () => {
  fc.assert(
    fc.property(fc.string(), (junk) => {
      assert.ok(avoidedIn(`usher-other=${junk}; usher-other=a~b~c~d~e~f`, 'usher-other').length <= 4);
    }),
  );
});
