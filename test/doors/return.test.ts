import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openDoor, plainSettings } from './a-door.ts';
import { exchange } from './exchange.ts';

const watching = plainSettings({ affinity: { cookie: 'usher', forMs: 3_600_000, redispatchMs: 10_000 } });
const BROWSER = ['Accept: text/html,*/*;q=0.8'];

const requestOf = (path: string, host: string, lines: readonly string[]): string =>
  [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...lines, '', ''].join('\r\n');

/** A visitor who keeps his cookies, at a door whose clock he moves. */
const visitor = async (context: TestContext, options: Omit<Parameters<typeof openDoor>[1], 'time'>) => {
  const time = { ms: 1_000_000 };
  const { port } = await openDoor(context, { ...options, time });
  const jar = new Map<string, string>();
  const ask = async (host: string, path: string, more: readonly string[] = []): Promise<string> => {
    const cookies = jar.size === 0 ? [] : [`Cookie: ${[...jar].map((each) => each.join('=')).join('; ')}`];
    const reply = await exchange(port, [requestOf(path, host, [...BROWSER, ...cookies, ...more])], {
      ends: true,
    });
    for (const [, name = '', value = ''] of reply.matchAll(/^Set-Cookie: ([^=]*)=([^;]*)/gm)) {
      jar.set(name, value);
    }
    return reply;
  };
  /** Is back after three seconds. */
  const back = (...asked: Parameters<typeof ask>): Promise<string> => {
    time.ms += 3000;
    return ask(...asked);
  };
  return {
    ask,
    back,
    leave: () => {
      jar.clear();
    },
  };
};

for (const fastLane of [true, false]) {
  const by = fastLane ? 'the fast lane' : "Node's HTTP";

  test(`whoever is back at once for the second time has his browser asked (${by})`, async (context) => {
    const { ask, back } = await visitor(context, { fastLane, settings: watching });
    const asked = ['127.0.0.1', '/a/path/of/usual/length?with=a&query=too'] as const;
    const first = await ask(...asked);
    assert.match(first, /^HTTP\/1\.1 302 /);
    assert.ok(first.length <= 300, `${String(first.length)} bytes: ${first}`);
    assert.match(await back(...asked), /^HTTP\/1\.1 302 /);
    const page = await back(...asked);
    assert.match(page, /^HTTP\/1\.1 200 /);
    assert.match(page, /connect-src http:\/\/127\.0\.0\.1:8086 http:\/\/127\.0\.0\.1:8087\r/);
    assert.match(page, / data-id="web8086"/);
    assert.match(await back(...asked), /^HTTP\/1\.1 302 /);
  });

  test(`where his browser may not be asked he is asked himself, and nobody moves him unasked (${by})`, async (context) => {
    const { ask, back } = await visitor(context, { fastLane, settings: watching });
    await ask('[::1]', '/x?y=//evil.example');
    assert.match(await back('[::1]', '/x?y=//evil.example'), /^Location: http:\/\/\[::1\]:8086/m);
    const page = await back('[::1]', '/x?y=//evil.example');
    assert.match(page, /^HTTP\/1\.1 200 /);
    const [location = '', other = ''] = ['on to the page', 'another way'].map(
      (words) => new RegExp(`href="([^"]*)">[^<]*${words}`).exec(page.replaceAll('&amp;', '&'))?.[1],
    );
    assert.equal(location, 'http://[::1]:8086/x?y=//evil.example');
    assert.equal(other, '/.usher/other?not=web8086&to=%2Fx%3Fy%3D%2F%2Fevil.example');
    assert.match(await back('[::1]', '/z'), /^Location: http:\/\/\[::1\]:8086\/z\r$/m);
    const moved = await ask('[::1]', other);
    assert.match(moved, /^Location: http:\/\/\[::1\]:8087\/x\?y=\/\/evil\.example\r$/m);
    assert.match(await back('[::1]', '/z'), /^Location: http:\/\/\[::1\]:8087\/z\r$/m);
  });

  test(`a class behind one address that opens the same pages by the same browser is nobody who is back (${by})`, async (context) => {
    const time = { ms: 1_000_000 };
    let cast = 0;
    const dice = (): number => (cast += 1) / 1000;
    const { port } = await openDoor(context, { fastLane, settings: watching, time, dice });
    const first = Array.from({ length: 30 }, () =>
      exchange(port, [requestOf('/', '[::1]', BROWSER)], { ends: true }),
    );
    const cookies = (await Promise.all(first)).map((reply) => /^Set-Cookie: ([^;]*)/m.exec(reply)?.[1] ?? '');
    assert.equal(new Set(cookies).size, 30);
    for (const cookie of cookies) {
      time.ms += 2000;
      const lines = [...BROWSER, `Cookie: ${cookie}`];
      const reply = await exchange(port, [requestOf('/lesson/3', '[::1]', lines)], { ends: true });
      assert.match(reply, /^Location: http:\/\/\[::1\]:8086\/lesson\/3\r$/m);
    }
  });

  test(`one who has nobody else to go to is sent where he was (${by})`, async (context) => {
    const settings = { ...watching, secondaries: watching.secondaries.slice(0, 1) };
    const { ask, back, leave } = await visitor(context, { fastLane, settings });
    for (const host of ['127.0.0.1', '[::1]']) {
      leave();
      await ask(host, '/x');
      for (const _ of [1, 2, 3])
        assert.match(await back(host, '/x'), /^Location: http:\/\/[^\r]*:8086\/x\r$/m);
    }
  });

  for (const line of [
    'Cache-Control: max-age=0',
    'PRAGMA: no-cache',
    'Sec-Fetch-Site: same-site',
    'Referer: http://127.0.0.1:8086/x',
    'Sec-Purpose: prefetch;prerender',
    'Purpose: prefetch',
    'X-moz: prefetch',
    'Sec-Fetch-Dest: iframe',
  ]) {
    test(`with ${line} he is not suspected (${by})`, async (context) => {
      const { ask, back } = await visitor(context, { fastLane, settings: watching });
      await ask('127.0.0.1', '/x');
      for (const _ of [1, 2, 3]) assert.match(await back('127.0.0.1', '/x', [line]), /^HTTP\/1\.1 302 /);
    });
  }
}
