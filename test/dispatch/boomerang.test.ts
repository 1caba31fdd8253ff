import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readArrival } from '../../src/dispatch/visit/arrival.ts';
import { allocateDepartures, createBoomerang } from '../../src/dispatch/boomerang.ts';
import { visitReader, readVisit } from '../../src/dispatch/visit/visit.ts';
import type { Complaint } from '../../src/model/complaint.ts';
import { plainSettings } from '../doors/a-door.ts';

type Headers = Readonly<Record<string, string>>;

const PAGE: Headers = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
/** what a browser says over an encrypted connection, or to its own machine */
const MODERN: Headers = {
  ...PAGE,
  'Sec-Fetch-Site': 'none',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
};

/** A boomerang with a clock that is set by hand, and a visitor. */
const start = (changes: Parameters<typeof plainSettings>[0] = {}) => {
  const settings = plainSettings({
    affinity: { cookie: 'usher', forMs: 3_600_000, redispatchMs: 10_000 },
    ...changes,
  });
  const time = { ms: 1_000_000 };
  const complaints: Complaint[] = [];
  const open = (departures = allocateDepartures()) => {
    const complained = (each: Complaint): unknown => complaints.push(each);
    const made = createBoomerang({ ...settings, departures, clock: { now: () => time.ms }, complained });
    assert.ok(made);
    return made;
  };
  const boomerang = open();
  const reader = visitReader(settings);
  const look = (headers: Headers, { url = '/page', peer = '203.0.113.9' } = {}) => {
    const line = { method: 'GET', url, version: '1.1', isSecure: false, peer: () => peer };
    const arrival = readArrival(line, Object.entries({ Host: 'www.example.org', ...headers }).flat());
    const visit = readVisit(arrival, reader);
    assert.ok(typeof visit !== 'string');
    return { arrival, visit };
  };
  /** He comes so many milliseconds later; tells how often he was back. */
  const come = (afterMs: number, headers: Headers = PAGE, line: Parameters<typeof look>[1] = {}): number => {
    time.ms += afterMs;
    return boomerang.sent(look(headers, line), { came: 'x', goes: 'x' });
  };
  return { boomerang, come, look, complaints, time, open };
};

describe('a visitor who is back at once', () => {
  for (const [name, headers] of Object.entries({ PAGE, MODERN })) {
    test(`is counted up to the time his browser is asked, then from the beginning (${name})`, () => {
      const { come } = start();
      const counts = [0, 3000, 3000, 3000, 3000].map((afterMs) => come(afterMs, headers));
      assert.deepEqual(counts, [0, 1, 2, 1, 2]);
    });
  }

  test('comes back from one to ten seconds after he was sent away', () => {
    for (const [afterMs, times] of [
      [0, 0],
      [900, 0],
      [1000, 1],
      [10_000, 1],
      [10_100, 0],
      [3_600_000, 0],
    ] as const) {
      const { come } = start();
      come(0);
      assert.equal(come(afterMs), times, `${String(afterMs)} ms`);
    }
  });

  test('is known across the turn of the clock that is kept of him', () => {
    const { come, time } = start();
    time.ms = 2 ** 29 * 100 - 2000;
    come(0);
    assert.equal(come(4000), 1);
  });

  test('is known to another door thread too', () => {
    const { open, look, time } = start();
    const departures = allocateDepartures();
    const [one, other] = [open(departures), open(departures)];
    const badges = { came: 'x', goes: 'x' };
    one.sent(look(PAGE), badges);
    time.ms += 3000;
    assert.equal(other.sent(look(PAGE), badges), 1);
    time.ms += 3000;
    assert.equal(one.sent(look(PAGE), badges), 2);
  });

  test('is known by the cookie that he was given when he was chosen for, and by the one it was renewed with', () => {
    const { boomerang, look, time } = start();
    const counts = [
      { came: undefined, goes: 'x' },
      { came: 'x', goes: 'y' },
      { came: 'y', goes: 'y' },
    ].map((badges) => {
      time.ms += 3000;
      return boomerang.sent(look(PAGE), badges);
    });
    assert.deepEqual(counts, [0, 1, 2]);
  });

  for (const [what, headers, line, badge] of [
    ['address', PAGE, { peer: '203.0.113.10' }, 'x'],
    ['cookie', PAGE, {}, 'y'],
  ] as const) {
    test(`is not another visitor, of another ${what}`, () => {
      const { boomerang, come, look, time } = start();
      come(0);
      time.ms += 3000;
      assert.equal(boomerang.sent(look(headers, line), { came: badge, goes: badge }), 0);
    });
  }

  test('comes from elsewhere by a link that he clicked again', () => {
    const { come } = start();
    const link = { ...MODERN, 'Sec-Fetch-Site': 'cross-site', Referer: 'https://search.example/?q=usher' };
    assert.deepEqual([come(0, link), come(2000, link), come(2000, link)], [0, 1, 2]);
  });

  for (const [why, headers, url] of [
    ['wants another page', PAGE, '/other'],
    ['wants the same page with another query', PAGE, '/page?x'],
    ['reloads', { ...PAGE, 'Cache-Control': 'max-age=0' }],
    ['reloads past the cache', { ...PAGE, 'Cache-Control': 'no-cache', Pragma: 'no-cache' }],
    ['follows a link of his secondary', { ...MODERN, 'Sec-Fetch-Site': 'same-site' }],
    ['follows a link of the primary', { ...MODERN, 'Sec-Fetch-Site': 'same-origin' }],
    [
      'follows a link of his secondary, unencrypted',
      { ...PAGE, Referer: 'http://www.example.org:8086/page' },
    ],
    [
      'follows a link of a secondary on another host',
      { ...PAGE, Referer: 'https://www2.example.net:8443/a' },
    ],
  ] as const) {
    test(`is not suspected who ${why}`, () => {
      const [first] = plainSettings().secondaries;
      assert.ok(first);
      const { come } = start({
        secondaries: [
          first,
          { ...first, id: 'w2', address: { kind: 'own', origin: 'https://www2.example.net:8443' } },
        ],
      });
      come(0);
      assert.equal(come(3000, headers, { url }), 0);
    });
  }

  for (const [what, headers] of [
    ['a picture', { Accept: 'image/avif,image/webp,*/*;q=0.8', 'Sec-Fetch-Dest': 'image' }],
    ['a program', { Accept: '*/*' }],
    ['a script', { ...PAGE, 'Sec-Fetch-Dest': 'empty' }],
    ['a frame', { ...MODERN, 'Sec-Fetch-Dest': 'iframe' }],
    ['a prefetch', { ...MODERN, 'Sec-Purpose': 'prefetch' }],
    ['a prerender', { ...MODERN, 'Sec-Purpose': 'prefetch;prerender' }],
    ['a prefetch of old', { ...PAGE, Purpose: 'prefetch' }],
    ['a prefetch of Firefox', { ...PAGE, 'X-Moz': 'prefetch' }],
  ] as const) {
    test(`${what} neither leaves nor comes back`, () => {
      const { come } = start();
      assert.equal(come(0, headers), 0);
      assert.equal(come(3000), 0);
      assert.equal(come(3000, headers), 0);
      assert.equal(come(3000), 1);
    });
  }

  test('is nobody who is chosen for anew', () => {
    const { boomerang, come, look, time } = start();
    come(0);
    time.ms += 3000;
    assert.equal(boomerang.sent(look(PAGE), { came: undefined, goes: 'x' }), 0);
  });

  test('is told of four times a second at most, for each secondary', () => {
    const { boomerang, complaints, look, time } = start();
    const { visit } = look(PAGE);
    for (let at = 0; at < 1000; at += 10) {
      boomerang.suspect('web8086', visit);
      boomerang.suspect('web8087', visit);
      time.ms += 10;
    }
    assert.deepEqual(
      ['web8086', 'web8087'].map((id) => complaints.filter(({ secondary }) => secondary === id).length),
      [4, 4],
    );
    assert.ok(complaints.every(({ by }) => by === 'return'));
  });

  test('is nobody else, however many come between', () => {
    const { come, look, boomerang, time } = start();
    assert.equal(come(0), 0);
    time.ms += 3000;
    // of 32,768 places, none of these takes his
    for (let n = 0; n < 300; n += 1) {
      const [one, other] = [String(n >> 4), String(n & 15)];
      const visit = look(PAGE, { url: `/page${one}`, peer: `203.0.113.${other}` });
      assert.equal(boomerang.sent(visit, { came: `x${other}`, goes: `x${one}` }), 0);
    }
    assert.equal(come(0), 1);
  });
});

test('without affinity, or where it is turned off, nobody is watched', () => {
  const given = { clock: { now: () => 0 }, departures: allocateDepartures(), complained: () => undefined };
  for (const affinity of [false, { cookie: 'usher', forMs: 3_600_000 }] as const) {
    assert.equal(createBoomerang({ ...plainSettings({ affinity }), ...given }), undefined);
  }
});
