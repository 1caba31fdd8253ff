import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { openDoor, plainSettings } from '../a-door.ts';

const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ');

const withThird = (): ReturnType<typeof plainSettings> => {
  const { secondaries } = plainSettings();
  const third = secondaries.slice(0, 1).map((each) => ({
    ...each,
    id: 'web8088',
    address: { kind: 'same-host', scheme: 'http', port: 8088 } as const,
  }));
  return plainSettings({ secondaries: [...secondaries, ...third] });
};

/** What comes back for so many requests on one connection. */
const pipelined = (port: number, count: number): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  const head = `GET /x HTTP/1.1\r\nHost: www.example.org\r\n\r\n`;
  for (let sent = 0; sent < count; sent += 1) socket.write(head);
  return text(socket);
};

for (const fastLane of [true, false]) {
  const by = fastLane ? 'the fast lane' : "Node's HTTP";
  const ask = (port: number, path: string, cookie = ''): Promise<Response> =>
    fetch(`http://127.0.0.1:${String(port)}${path}`, {
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }) },
    });

  test(`a visitor for whom his secondary does not work goes to another, and stays there (${by})`, async (context) => {
    const { port } = await openDoor(context, { fastLane });
    const first = await ask(port, '/a');
    assert.equal(first.headers.get('location'), 'http://127.0.0.1:8086/a');
    const out = await ask(port, '/.usher/other?to=/a?b=c', cookiesOf(first));
    assert.equal(out.status, 302);
    assert.equal(out.headers.get('location'), 'http://127.0.0.1:8087/a?b=c');
    assert.equal(out.headers.get('cache-control'), 'no-store');
    const again = await ask(port, '/d', cookiesOf(out));
    assert.equal(again.headers.get('location'), 'http://127.0.0.1:8087/d');
    // and without the affinity cookie he still keeps away from the first
    const alone = await ask(port, '/d', 'usher-other=web8086');
    assert.equal(alone.headers.get('location'), 'http://127.0.0.1:8087/d');
  });

  test(`where there are several others his browser looks whom it reaches, and is sent to that one unasked (${by})`, async (context) => {
    const { port } = await openDoor(context, { fastLane, settings: withThird() });
    const page = await ask(port, '/.usher/other?not=web8086&to=/a?b=c');
    assert.equal(page.status, 200);
    const html = await page.text();
    assert.match(html, /href="http:\/\/127\.0\.0\.1:8087\/a\?b=c" data-all="8087 8088" /);
    assert.match(html, / data-id="web8087"/);
    // as the page's script comes back
    const found = `/.usher/other?not=web8087&go=http://127.0.0.1:8088&to=${encodeURIComponent('/a?b=c')}`;
    const out = await ask(port, found, cookiesOf(page));
    assert.deepEqual([out.status, out.headers.get('location')], [302, 'http://127.0.0.1:8088/a?b=c']);
    assert.match(cookiesOf(out), /usher-other=web8087~web8086/);
    const kept = await ask(port, '/d', cookiesOf(out));
    assert.equal(kept.headers.get('location'), 'http://127.0.0.1:8088/d');
    // Whom nobody lists, or whom he left, he is not sent to, nor round and round.
    for (const go of ['http://evil.example', 'web8086', 'http://127.0.0.1:8086', 'none', '']) {
      const next = await ask(port, `/.usher/other?not=web8086&go=${go}&to=/a`);
      assert.equal(next.headers.get('location'), 'http://127.0.0.1:8087/a', go);
    }
    const program = await fetch(`http://127.0.0.1:${String(port)}/.usher/other?not=web8086&to=/a`, {
      redirect: 'manual',
    });
    assert.equal(program.headers.get('location'), 'http://127.0.0.1:8087/a');
  });

  test(`whom a secondary handed back is sent on unasked (${by})`, async (context) => {
    const { port } = await openDoor(context, { fastLane, settings: withThird() });
    const out = await ask(port, '/.usher/back/web8086/a');
    assert.equal(out.headers.get('location'), 'http://127.0.0.1:8087/a');
  });

  test(`a link may name the secondary; one that is on no list changes nothing (${by})`, async (context) => {
    const { port } = await openDoor(context, { fastLane });
    const named = await ask(port, '/.usher/other?not=web8086');
    assert.equal(named.headers.get('location'), 'http://127.0.0.1:8087/');
    assert.match(
      named.headers.getSetCookie().join('\n'),
      /^usher-other=web8086; Max-Age=900; Path=\/;.*HttpOnly; SameSite=Lax/m,
    );
    const unknown = await ask(port, '/.usher/other?not=%0d%0aX:y');
    assert.equal(unknown.headers.get('location'), 'http://127.0.0.1:8086/');
    assert.doesNotMatch(unknown.headers.getSetCookie().join('\n'), /usher-other/);
  });

  test(`a secondary hands a visitor back by a path, his target kept byte for byte (${by})`, async (context) => {
    const { port } = await openDoor(context, { fastLane });
    for (const target of ['/', '/a?b=c&d=%2F', '//evil.example/x', '/%zz?&', '/a+b%20c']) {
      const out = await ask(port, `/.usher/back/web8086${target}`);
      assert.equal(out.headers.get('location'), `http://127.0.0.1:8087${target}`);
      assert.match(out.headers.getSetCookie().join('\n'), /^usher-other=web8086!?;/m);
    }
    for (const none of ['/.usher/back/', '/.usher/back/web8086', '/.usher/back/W/x']) {
      assert.equal((await ask(port, none)).status, 404, none);
    }
  });

  test(`the service worker of a secondary learns that the primary is there (${by})`, async (context) => {
    const { port } = await openDoor(context, { fastLane });
    const { status, headers } = await ask(port, '/.usher/lifeline');
    assert.deepEqual([status, headers.get('cache-control')], [204, 'no-store']);
  });

  test(`wherever the way out is told to lead, it leads to a listed secondary (${by})`, async (context) => {
    const { port } = await openDoor(context, { fastLane });
    for (const to of [
      '//evil.example/',
      '/\\evil.example',
      'http://evil.example/',
      '%0d%0aLocation:x',
      '',
      '/%2e%2e//x',
    ]) {
      const { status, headers } = await ask(port, `/.usher/other?not=web8086&to=${encodeURIComponent(to)}`);
      if (status === 302) assert.match(headers.get('location') ?? '', /^http:\/\/127\.0\.0\.1:8087\//);
      else assert.equal(status, 400);
    }
    for (const round of [
      '/.usher/other?not=web8086&to=/.usher/other',
      '/.usher/back/web8086/.usher/back/web8087/x',
    ]) {
      assert.equal((await ask(port, round)).headers.get('location'), 'http://127.0.0.1:8087/', round);
    }
  });

  test(`whoever wants a page of the primary's own is sent to it, and keeps away from his secondary (${by})`, async (context) => {
    const settings = plainSettings({ entrances: new Map([['/splash.html', 'local']]) });
    const { port } = await openDoor(context, { fastLane, settings });
    const here = `http://127.0.0.1:${String(port)}`;
    for (const [path, wanted] of [
      ['/.usher/back/web8086/splash.html?usher-through=1', '/splash.html?usher-through=1'],
      ['/.usher/other?not=web8086&to=/splash.html', '/splash.html'],
    ] as const) {
      const out = await ask(port, path);
      assert.deepEqual([out.status, out.headers.get('location')], [302, here + wanted]);
      assert.match(out.headers.getSetCookie().join('\n'), /^usher-other=web8086!?;/m);
    }
  });

  test(`who was brought back from an address of the LAN, or from one on no list, goes to another (${by})`, async (context) => {
    const plain = plainSettings();
    const secondaries = plain.secondaries.map((each, nth) => ({
      ...each,
      lan: `https://192.168.1.${String(nth + 3)}` as const,
    }));
    const { port } = await openDoor(context, { fastLane, settings: { ...plain, secondaries } });
    const bound = cookiesOf(await ask(port, '/x'));
    for (const [origin, cookie] of [
      ['https://192.168.1.3', ''],
      ['http://127.0.0.1:8086', ''],
      ['https://10.9.9.9:8443', bound],
    ] as const) {
      const query = new URLSearchParams({ not: origin, to: '/x', by: 'lifeline' }).toString();
      const out = await ask(port, `/.usher/other?${query}`, cookie);
      assert.equal(out.headers.get('location'), 'http://127.0.0.1:8087/x', origin);
      assert.match(out.headers.getSetCookie().join('\n'), /^usher-other=web8086!?;/m, origin);
    }
  });

  test(`it is counted who found out: he himself, the page that looked, or the lifeline (${by})`, async (context) => {
    const { port, complaints } = await openDoor(context, { fastLane, settings: withThird() });
    for (const query of ['', '&go=http://127.0.0.1:8088', '&by=lifeline', '&by=return']) {
      await ask(port, `/.usher/other?not=web8086&to=/x${query}`);
    }
    assert.deepEqual(
      complaints.map((each) => each.by),
      ['visitor', 'page', 'lifeline', 'visitor'],
    );
  });

  test(`while nobody can take him the way out asks again at its own address (${by})`, async (context) => {
    const settings = plainSettings();
    const nobody = settings.secondaries.map((each) => ({ ...each, state: 'maintenance' as const }));
    const { port } = await openDoor(context, { fastLane, settings: { ...settings, secondaries: nobody } });
    const answer = await ask(port, '/.usher/other?to=/p/q');
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /url=\.\/other\?to=\/p\/q/);
    const back = `http://127.0.0.1:${String(port)}/.usher/back/web8086/some/page?a=b`;
    const page = await (await fetch(back, { headers: { accept: 'text/html' } })).text();
    const [, again = ''] = /content="\d+;\s*url=([^"]+)"/.exec(page) ?? [];
    assert.equal(new URL(again, back).href, back);
  });

  test(`a hostile word on whom he avoids is dropped (${by})`, async (context) => {
    const { port, bugs } = await openDoor(context, { fastLane });
    for (const value of [
      'a%3Bb',
      '%0d%0aX:y',
      'j:{"a":1}',
      'j:[1]',
      '%ff%fe',
      'web8087~%3B',
      '~~~~',
      '%E0%A4%A',
    ]) {
      const answer = await ask(port, '/.usher/other?not=web8086', `usher-other=${value}`);
      assert.equal(answer.status, 302);
      assert.match(answer.headers.getSetCookie().join('\n'), /^usher-other=web8086(?:~web8087)?; /m);
      assert.equal((await ask(port, '/x', `usher-other=${value}`)).status, 302);
    }
    assert.deepEqual(bugs, []);
  });

  test(`a connection is closed after a thousand requests (${by})`, async (context) => {
    const { port } = await openDoor(context, { fastLane });
    const answers = await pipelined(port, 1001);
    assert.equal(answers.split('HTTP/1.1 302').length - 1, 1000);
    assert.equal(answers.split('Connection: close').length - 1, 1);
  });

  test(`whoever avoids everybody is sent somewhere all the same (${by})`, async (context) => {
    const { port } = await openDoor(context, { fastLane, settings: plainSettings() });
    const answer = await ask(port, '/', 'usher-other=web8086~web8087');
    assert.equal(answer.status, 302);
  });
}
