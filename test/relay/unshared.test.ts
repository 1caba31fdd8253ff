import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unshared } from '../../src/relay/unshared.ts';

/** What becomes of a Cache-Control header. */
const made = (value: string): string => {
  const headers = unshared(['etag', '"1"', 'cache-control', value]);
  assert.deepEqual(headers.slice(0, 3), ['etag', '"1"', 'cache-control']);
  return headers[3] ?? '';
};

test('an answer that a cookie goes with is kept by nobody but his own browser, as long as it was to be', () => {
  assert.equal(made('public, max-age=60'), 'private, max-age=60');
  assert.equal(made('s-maxage=9,Max-Age=60 , immutable'), 'private, Max-Age=60, immutable');
  assert.equal(made('PUBLIC'), 'private');
  assert.equal(made('no-store'), 'private, no-store');
  assert.equal(made('private'), 'private');
  assert.equal(made('private="x, public", no-cache="set-cookie, y"'), 'private, no-cache="set-cookie, y"');
  assert.equal(made('public="'), 'private');
  assert.equal(made(',, ,'), 'private');
});

test('so is one that says nothing of caches, or says it twice, or to some of them apart', () => {
  assert.deepEqual(unshared(['last-modified', 'x']), ['last-modified', 'x', 'cache-control', 'private']);
  assert.deepEqual(
    unshared([
      ...['cache-control', 'public', 'cdn-cache-control', 'max-age=9'],
      ...['cache-control', 'max-age=1', 'surrogate-control', 'max-age=9'],
    ]),
    ['cache-control', 'private, max-age=1'],
  );
});
