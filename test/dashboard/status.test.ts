import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { changedFields, changedRows, isSame } from '../../src/dashboard/changes.ts';
import { createDashboard } from '../../src/dashboard/dashboard.ts';
import { createStream } from '../../src/dashboard/stream.ts';
import type { SecondarySettings } from '../../src/config/settings.ts';
import { pretend, secondary, settingsFor, type Pretend } from './pretend.ts';

const DOWN = { outcome: { ok: false, tookMs: 1, failure: 'refused', detail: 'x' } } as const;

const headline = (
  secondaries: readonly SecondarySettings[],
  move: (pool: Pretend) => void = () => {},
): string => {
  const pool = pretend(secondaries);
  pool.round();
  move(pool);
  const { words, tone } = createDashboard(pool.sources).status().headline;
  return `${tone}: ${words}`;
};

test('the headline is the whole in one sentence', () => {
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((id) => secondary(id)) as [
    SecondarySettings,
    ...SecondarySettings[],
  ] & { length: 5 };
  const down =
    (...ids: string[]) =>
    (pool: Pretend) => {
      for (const id of ids) pool.check(id, DOWN);
    };
  assert.equal(headline([a]), 'fine: The one secondary works');
  assert.equal(headline([a, b!]), 'fine: Both secondaries work');
  assert.equal(headline([a, b!, c!]), 'fine: All 3 secondaries work');
  assert.equal(headline([a, b!], down('b')), 'trouble: b is down');
  assert.equal(headline([a, b!, c!], down('a', 'c')), 'trouble: a and c are down');
  assert.equal(headline([a, b!, c!, d!, e!], down('a', 'b', 'c', 'd')), 'trouble: 4 of 5 are down');
  assert.equal(headline([a, b!], down('a', 'b')), 'trouble: Nobody can take visitors');
  assert.equal(headline([a, secondary('b', { role: 'backup' })], down('b')), 'watch: b is down');
  assert.equal(headline([a, secondary('b', { role: 'backup' })]), 'fine: Both secondaries work');
  assert.equal(
    headline([a, secondary('b', { state: 'maintenance' })], down('b')),
    'quiet: b is taken out, the rest works',
  );
  assert.equal(headline([secondary('a', { state: 'drain' })]), 'trouble: Nobody takes new visitors');
  assert.equal(
    headline([a, b!], (pool) => pool.configure({ secondaries: [a, b!, c!] })),
    'watch: c is not asked yet',
  );
});

test('news tells where it comes from, and when to mind its age', () => {
  const pool = pretend([secondary('web1')]);
  const clock = { now: () => now, wall: () => now };
  let now = pool.sources.clock.now();
  const news = () => createDashboard({ ...pool.sources, clock }).status().news;
  assert.equal(news().words, 'No news yet');
  assert.equal(news().ageMs, null);
  pool.round();
  now = pool.sources.clock.now() + 1000;
  assert.equal(news().words, "Reading the worker's files");
  assert.equal(news().isStale, false);
  assert.equal(news().staleAfterMs, 6000);
  now += 6000;
  assert.equal(news().isStale, true);
  assert.equal(news().tone, 'trouble');
  pool.source('own');
  pool.sources.journal({ type: 'source-changed', from: 'cached', to: 'own', because: 'nothing new for 6 s' });
  pool.round();
  now = pool.sources.clock.now();
  assert.equal(news().words, 'The files are stale: asking for itself (nothing new for 6 s)');
  assert.equal(news().tone, 'watch');
  pool.sources.journal({ type: 'files-refused', file: 'state/pingfile', because: 'it is empty' });
  assert.equal(
    news().words,
    'The files are stale: asking for itself (state/pingfile: it is empty)',
    'what is wrong with them now, not what was wrong first',
  );
  pool.source('live');
  now += 1e7;
  assert.equal(news().isStale, false, 'where nobody visits nobody is asked');
});

test('news of a slow writer is stale after three of its own intervals, not of the config', () => {
  const pool = pretend([secondary('web1')]);
  pool.round();
  const slow = { ...pool.sources.pool(), everyMs: 40_000 };
  const now = slow.at + 100_000;
  const { news } = createDashboard({
    ...pool.sources,
    pool: () => slow,
    clock: { now: () => now, wall: () => now },
  }).status();
  assert.equal(news.staleAfterMs, 120_000);
  assert.equal(news.isStale, false);
});

test('where nobody is asked every secondary counts as up', () => {
  const pool = pretend([secondary('web1'), secondary('web2')]);
  const { checks } = settingsFor([]);
  pool.configure({ checks: { ...checks, from: 'none' } });
  const status = createDashboard(pool.sources).status();
  assert.deepEqual(
    status.secondaries.map(({ health, usable }) => [health, usable]),
    [
      ['up', true],
      ['up', true],
    ],
  );
  assert.equal(status.news.words, 'Nobody is asked: every secondary counts as up');
});

test('whoever was sent to one that drains a moment ago is left there', () => {
  const pool = pretend([secondary('web1', { state: 'drain' }), secondary('web2')]);
  const dashboard = createDashboard(pool.sources);
  dashboard.tick();
  pool.visit('web1', { chosen: 3 });
  const [row] = dashboard.status().secondaries;
  assert.equal(row?.left?.visitors, 3);
  assert.notEqual(row.left.until, null);
});

test('wanted shares follow weight and warmth, and add up to one', () => {
  const pool = pretend([secondary('a', { weight: 3 }), secondary('b'), secondary('c', { weight: 2 })]);
  pool.round();
  pool.check('b', { warmingMs: 0 });
  pool.check('c', DOWN);
  const rows = createDashboard(pool.sources).status().secondaries;
  assert.deepEqual(
    rows.map(({ share }) => share.wanted),
    [0.968, 0.032, 0],
  );
  assert.equal(rows[1]?.warmth, 0.1);
});

const plain = fc.dictionary(
  // a row has no field of this name, and laying one over another with `...` would set it otherwise
  fc.string().filter((name) => name !== '__proto__'),
  fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.dictionary(fc.string(), fc.nat())),
);

test('what changed, laid over what was, is what is', () => {
  fc.assert(
    fc.property(plain, plain, (before, after) => {
      const laid = { ...before, ...changedFields(before, after) };
      for (const [key, value] of Object.entries(after)) assert.ok(isSame(laid[key], value));
      for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) assert.equal(laid[key], null);
    }),
  );
});

test('nothing changed is nothing told', () => {
  const pool = pretend([secondary('a'), secondary('b')]);
  pool.round({ load: { running: 1 } });
  const dashboard = createDashboard(pool.sources);
  const [before, after] = [dashboard.status().secondaries, dashboard.status().secondaries];
  assert.deepEqual(changedRows(before, after), { changes: [], newcomers: [], order: undefined });
  assert.deepEqual(changedRows(before, after.toReversed()).order, ['b', 'a']);
  assert.deepEqual(changedRows(before, after.slice(1)), { changes: [], newcomers: [], order: ['b'] });
  assert.deepEqual(changedRows(before.slice(1), after).newcomers, after.slice(0, 1));
});

test('a dashboard that reads too slowly is let go, the others are not', () => {
  const pool = pretend([secondary('a')]);
  pool.round();
  const { look, beats } = createDashboard(pool.sources);
  const stream = createStream({ look, beats });
  const heard = { slow: 0, quick: 0 };
  let isClosed = false;
  stream.join({ write: () => (heard.slow += 1), backlog: () => 1e9, close: () => (isClosed = true) });
  stream.join({ write: () => (heard.quick += 1), backlog: () => 0, close: () => {} });
  const point = { edition: 1, visits: [], answers: [], newsAgeMs: 0 };
  stream.tell(look(), point);
  stream.tell(look(), point);
  assert.equal(isClosed, true);
  assert.deepEqual(heard, { slow: 1, quick: 3 });
});

test('a hundred dashboards that all read slowly hold 64 MiB, not a hundred times what one may', () => {
  const pool = pretend([secondary('a')]);
  pool.round();
  const { look, beats } = createDashboard(pool.sources);
  const stream = createStream({ look, beats });
  const point = { edition: 1, visits: [], answers: [], newsAgeMs: 0 };
  const slow = (): { isOpen: boolean } => {
    const one = { isOpen: true };
    stream.join({ write: () => {}, backlog: () => 1024 * 1024, close: () => (one.isOpen = false) });
    return one;
  };
  const first = slow();
  stream.tell(look(), point);
  assert.equal(first.isOpen, true);
  const all = [first, ...Array.from({ length: 99 }, slow)];
  stream.tell(look(), point);
  assert.ok(all.filter(({ isOpen }) => isOpen).length <= 64);
});
