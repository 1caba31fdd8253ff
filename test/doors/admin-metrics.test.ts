import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createComplaints } from '../../src/dashboard/complaints.ts';
import { pretend, secondary } from '../dashboard/pretend.ts';
import { ask, openAdmin } from './open-admin.ts';
import { parseScrape, type Figure } from './prometheus.ts';

const scrape = async (url: string): Promise<readonly Figure[]> =>
  parseScrape((await ask(`${url}metrics`)).body);

const valueOf = (
  figures: readonly Figure[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined =>
  figures.find(
    (figure) =>
      figure.name === name && Object.entries(labels).every(([key, value]) => figure.labels[key] === value),
  )?.value;

test('the figures are what the door knows', async () => {
  const two = pretend([secondary('web1', { weight: 2 }), secondary('web2', { state: 'drain' })]);
  two.check('web1', { outcome: { ok: true, tookMs: 12 }, load: { running: 3, sessions: 40 } });
  two.check('web2', { outcome: { ok: false, tookMs: 1, failure: 'timeout', detail: 'x' } });
  two.visit('web1', { chosen: 5, kept: 7 });
  two.count({ receipts: { taken: 6, refused: 2, networks: 5 } });
  two.count({ relay: { carried: 4, full: 1, bytes: 900 }, none: 1, dropped: 2, refused: { 400: 3 } });
  two.mistakes(['usher.json:1:1: x']);
  const complaints = createComplaints(() => 0);
  for (let network = 0; network < 1000; network += 1)
    complaints.note({ secondary: 'web2', by: 'lifeline', network });
  complaints.note({ secondary: 'evil', by: 'visitor', network: 1 });
  const { url } = await openAdmin(two, { complaints });
  const figures = await scrape(url);
  const is = (name: string, labels: Record<string, string>, expected: number) => {
    assert.equal(valueOf(figures, name, labels), expected, `${name} ${JSON.stringify(labels)}`);
  };
  is('usher_visits_total', { secondary: 'web1', kind: 'chosen', reason: 'balance' }, 5);
  is('usher_visits_total', { secondary: 'web1', kind: 'kept', reason: 'affinity' }, 7);
  is('usher_visits_without_secondary_total', {}, 1);
  is('usher_requests_refused_total', { status: '400' }, 3);
  is('usher_connections_dropped_total', {}, 2);
  is('usher_receipts_total', { result: 'taken' }, 6);
  is('usher_receipts_total', { result: 'refused' }, 2);
  is('usher_networks_known', {}, 5);
  is('usher_relay_visits_total', { result: 'carried' }, 4);
  is('usher_relay_visits_total', { result: 'full' }, 1);
  is('usher_relay_bytes_total', {}, 900);
  is('usher_complaints_total', { secondary: 'web2', by: 'lifeline' }, 1000);
  is('usher_complaints_total', { secondary: 'web1', by: 'visitor' }, 0);
  assert.equal(valueOf(figures, 'usher_complaints_total', { secondary: 'evil' }), undefined);
  is('usher_up', { secondary: 'web1' }, 1);
  is('usher_up', { secondary: 'web2' }, 0);
  is('usher_health', { secondary: 'web2', health: 'down' }, 1);
  is('usher_health', { secondary: 'web2', health: 'up' }, 0);
  is('usher_state', { secondary: 'web2', state: 'drain' }, 1);
  is('usher_usable', { secondary: 'web2' }, 0);
  is('usher_weight', { secondary: 'web1' }, 2);
  is('usher_check_last_duration_seconds', { secondary: 'web1' }, 0.012);
  is('usher_load_running', { secondary: 'web1' }, 3);
  is('usher_load_sessions', { secondary: 'web1' }, 40);
  is('usher_source', { source: 'cached' }, 1);
  is('usher_source', { source: 'own' }, 0);
  is('usher_news_stale', {}, 0);
  is('usher_config_ok', {}, 0);
  is('usher_build_info', { version: '0.1.0' }, 1);
  assert.ok(valueOf(figures, 'usher_news_age_seconds')! < 10);
  assert.ok(valueOf(figures, 'process_resident_memory_bytes')! > 1e6);
  const start = valueOf(figures, 'process_start_time_seconds')!;
  assert.ok(Math.abs(start - (Date.now() / 1000 - process.uptime())) < 2);
});

test('scrapes that come together agree, and a secondary that left is gone', async () => {
  const two = pretend([secondary('web1'), secondary('web2')]);
  two.round();
  two.visit('web1', { chosen: 9 });
  const { url } = await openAdmin(two);
  const scrapes = await Promise.all(Array.from({ length: 8 }, () => scrape(url)));
  for (const each of scrapes)
    assert.equal(valueOf(each, 'usher_visits_total', { secondary: 'web1', kind: 'chosen' }), 9);
  two.configure({ secondaries: [secondary('web2')] });
  const after = await scrape(url);
  assert.deepEqual([...new Set(after.flatMap(({ labels }) => labels['secondary'] ?? []))], ['web2']);
});

test('nothing from outside becomes a label', async () => {
  const one = pretend([secondary('web1')]);
  one.check('web1', {
    outcome: { ok: false, tookMs: 1, failure: 'garbage', detail: 'evil"} 1\nusher_up{x="y' },
  });
  one.visit('evil', { chosen: 1 });
  const counts = one.sources.counts;
  const hostile = { ...counts(), refused: { 400: 1, 7777: 1 } };
  const sentFor = () => [
    { kind: 'chosen', reason: 'evil"} 1\nx', visitors: 1 } as const,
    { kind: 'chosen', reason: 'random', visitors: 2 } as const,
  ];
  const { url } = await openAdmin({ ...one, sources: { ...one.sources, counts: () => hostile, sentFor } });
  const text = (await ask(`${url}metrics`)).body;
  assert.doesNotMatch(text, /evil|7777/);
  assert.equal(valueOf(parseScrape(text), 'usher_visits_total', { reason: 'random' }), 2);
});

test('a scrape of a thousand secondaries holds them all', async (t) => {
  const many = pretend(Array.from({ length: 1000 }, (_, index) => secondary(`web${index}`)));
  many.round({ load: { running: 3 } });
  const { url } = await openAdmin(many);
  await scrape(url);
  const begin = performance.now();
  const { body } = await ask(`${url}metrics`);
  t.diagnostic(`${Math.round(performance.now() - begin)} ms, ${Math.round(body.length / 1024)} KiB`);
  assert.equal(parseScrape(body).filter(({ name }) => name === 'usher_up').length, 1000);
});
