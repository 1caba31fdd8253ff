import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showWaiting } from '../../src/cli/show-waiting.ts';
import { fingerprintOf, isOneSite } from '../../src/doctor/fingerprint.ts';
import { atOnce } from '../../src/doctor/at-once.ts';
import { linkedFolders } from '../../src/doctor/linked-folders.ts';
import { readSetCookies } from '../../src/doctor/set-cookie.ts';

test('set cookies are told apart by name, path and domain, whatever their dates hold', () => {
  const joined =
    'a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Domain=.Shop.test, b="x"; path=/b; PATH=no, =c, d';
  assert.deepEqual(readSetCookies(joined, '/docs/page?q=/x/'), [
    { name: 'a', path: '/docs', domain: 'shop.test' },
    { name: 'b', path: '/docs' },
  ]);
  assert.deepEqual(readSetCookies('a=1', '/'), [{ name: 'a', path: '/' }]);
});

test('pages that differ in numbers are of one site, other words make another', () => {
  const of = (body: string) => fingerprintOf(body, 'text/html; charset=utf-8');
  assert.ok(isOneSite(of('<p>Visitor 12 of web1'), of('<p>Visitor 9017 of web2')));
  assert.ok(!isOneSite(of('<p>Welcome to the shop'), of('<p>Apache works on Debian')));
  assert.ok(!isOneSite(of('same words'), fingerprintOf('same words', 'text/plain')));
});

test('folders are found behind relative and absolute links', () => {
  assert.deepEqual(
    linkedFolders('<a href="docs/"><a href=\'/a/b/\'><a href="c/">', '/shop/index.html?x=/y/'),
    ['/shop/docs', '/a/b'],
  );
  assert.deepEqual(linkedFolders('<a href="//evil/"><a href="http://evil/"><a href="x">', '/'), []);
});

test('never more than so many at once, in the order of the list, and none begun too late', async () => {
  let busy = 0;
  let most = 0;
  let begun = 0;
  const act = async (item: number): Promise<number> => {
    begun += 1;
    busy += 1;
    most = Math.max(most, busy);
    await new Promise((resolve) => setImmediate(resolve));
    busy -= 1;
    return item * 2;
  };
  const results = await atOnce([1, 2, 3, 4, 5], { most: 2, isLate: () => begun === 4 }, act);
  assert.deepEqual(results, [2, 4, 6, 8, undefined]);
  assert.equal(most, 2);
});

test('a line says what is waited for after two seconds, and is wiped away', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let shown = '';
  const waiting = showWaiting((text) => (shown += text), 'asking');
  waiting.say('1 of 2');
  t.mock.timers.tick(1999);
  assert.equal(shown, '');
  t.mock.timers.tick(1);
  waiting.say('2 of 2');
  waiting.stop();
  assert.equal(shown, '\r\x1b[K1 of 2\r\x1b[K2 of 2\r\x1b[K');
  const quick = showWaiting(() => assert.fail('nobody wonders yet'), 'asking');
  quick.stop();
  t.mock.timers.tick(5000);
});
