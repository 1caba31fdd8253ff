import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { DEFAULT_RELAY } from '../../src/config/schema/relay-schema.ts';
import { startWebServer } from '../real/web-server.ts';
import { openDoor, plainSettings } from './a-door.ts';

/** A shop that notes every order, and then says nothing, or cuts the connection; and the door that carries to it. */
const openShop = async (t: TestContext) => {
  const orders: string[] = [];
  const shop = await startWebServer((request, response) => {
    void text(request).then((body) => {
      orders.push(`${request.method ?? ''} ${body}`);
      if (request.url?.startsWith('/cut') === true) response.destroy();
    });
  });
  t.after(shop.stop);
  const [web, twin] = plainSettings().secondaries;
  assert.ok(web !== undefined && twin !== undefined);
  const at = `http://127.0.0.1:${String(shop.port)}` as const;
  const { port } = await openDoor(t, {
    fastLane: true,
    settings: plainSettings({
      relay: { ...DEFAULT_RELAY, paths: ['/*'], answerMs: 300 },
      secondaries: [
        { ...web, at },
        { ...twin, at },
      ],
    }),
  });
  return { orders, url: `http://127.0.0.1:${String(port)}` };
};

for (const [path, status] of [
  ['/cut', 502],
  ['/late', 504],
] as const) {
  test(`an order that the secondary has, and does not answer, is neither sent twice nor called lost (${path})`, async (t) => {
    const { orders, url } = await openShop(t);
    const answer = await fetch(url + path, {
      method: 'POST',
      body: 'buy=1',
      headers: { accept: 'text/html' },
    });
    const page = await answer.text();
    assert.equal(answer.status, status);
    assert.deepEqual(orders, ['POST buy=1']);
    assert.equal(answer.headers.get('retry-after'), null);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(answer.headers.getSetCookie(), []);
    assert.match(page, /may have been done, or not[^]*before you send it again/);
    assert.doesNotMatch(page, /none of them received|refresh|setTimeout|id="again"/);
  });

  test(`a page that the secondary does not answer for is asked for again by hand (${path})`, async (t) => {
    const { orders, url } = await openShop(t);
    const answer = await fetch(`${url}${path}?x=1`, { headers: { accept: 'text/html' } });
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get('retry-after'), null);
    const page = await answer.text();
    assert.match(page, new RegExp(`href="\\.${path}\\?x=1">Ask again`));
    assert.doesNotMatch(page, /refresh|setTimeout/);
    // what was cut off changes nothing, and is asked once more
    assert.deepEqual(orders, path === '/cut' ? ['GET ', 'GET '] : ['GET ']);
  });

  test(`a program that takes JSON is told in JSON that no answer came (${path})`, async (t) => {
    const { url } = await openShop(t);
    for (const method of ['GET', 'POST']) {
      const answer = await fetch(url + path, { method, headers: { accept: 'application/json' } });
      assert.deepEqual([answer.status, answer.headers.get('content-type')], [status, 'application/json']);
      const { url: to, because } = (await answer.json()) as {
        readonly url: unknown;
        readonly because: unknown;
      };
      assert.deepEqual([to, because], [null, 'relay-unanswered']);
    }
  });
}

for (const count of [1, 2]) {
  test(`a page meets the end of a connection that stood by, and comes all the same (secondaries: ${String(count)})`, async (t) => {
    const cutting = { isOn: false };
    const asked: string[] = [];
    const web = await startWebServer((request, response) => {
      asked.push(request.method ?? '');
      if (cutting.isOn) request.socket.resetAndDestroy();
      else response.end('here');
      cutting.isOn = false;
    });
    t.after(web.stop);
    const at = `http://127.0.0.1:${String(web.port)}` as const;
    const secondaries = plainSettings().secondaries.slice(0, count);
    const { port } = await openDoor(t, {
      fastLane: true,
      settings: plainSettings({
        relay: { ...DEFAULT_RELAY, paths: ['/*'] },
        secondaries: secondaries.map((each) => ({ ...each, at })),
      }),
    });
    const url = `http://127.0.0.1:${String(port)}/x`;
    assert.equal(await (await fetch(url)).text(), 'here');
    cutting.isOn = true;
    const answer = await fetch(url);
    assert.deepEqual([answer.status, await answer.text()], [200, 'here']);
    assert.deepEqual(asked, ['GET', 'GET', 'GET']);
  });
}

test('an order that reaches nobody is told so, and when to send it again, also in JSON', async (t) => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port: nobody } = closed.address() as { readonly port: number };
  await new Promise((resolve) => closed.close(resolve));
  const { port } = await openDoor(t, {
    fastLane: true,
    settings: plainSettings({
      relay: { ...DEFAULT_RELAY, paths: ['/*'] },
      secondaries: plainSettings().secondaries.map((each) => ({
        ...each,
        at: `http://127.0.0.1:${String(nobody)}` as const,
      })),
    }),
  });
  const send = (accept: string) =>
    fetch(`http://127.0.0.1:${String(port)}/order`, { method: 'POST', body: 'buy=1', headers: { accept } });
  const answer = await send('text/html');
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5']);
  assert.match(await answer.text(), /none of them received what you sent/);
  const told = await send('application/json');
  assert.deepEqual([told.status, told.headers.get('retry-after')], [503, '5']);
  assert.deepEqual(await told.json(), { url: null, alternatives: [], because: 'relay-failed', ttl: 5 });
});
