import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Standing } from '../../src/model/pool.ts';
import type { PingRow, PoolFile, SiteRow } from '../../src/stores/pool-file.ts';
import { standingsOf } from '../../src/stores/standings-of.ts';
import { UP } from './pool-of.ts';

const WRITTEN_AT = 1_700_000_000_000;

const ping = (
  row: PingRow,
  head: Partial<PoolFile<PingRow>> = { writtenAt: WRITTEN_AT },
): PoolFile<PingRow> => ({
  seq: 1,
  rows: new Map([['web1', row]]),
  ...head,
});

const read = (
  file: PoolFile<PingRow>,
  { site, before }: { site?: PoolFile<SiteRow>; before?: Standing } = {},
): Standing => {
  const standing = standingsOf({ file, firstSeenAt: 90_000 }, site && { file: site, firstSeenAt: 91_000 }, {
    ids: ['web1'],
    before: new Map(before ? [['web1', before]] : []),
    startedAt: 5,
  }).get('web1');
  assert.ok(standing);
  return standing;
};

describe('standingsOf', () => {
  it('counts the age of an instant by the writer alone, and from when the file was first seen', () => {
    assert.equal(read(ping({ health: 'up', since: WRITTEN_AT - 30_000 })).verdict.since, 60_000);
    const site = {
      seq: 1,
      writtenAt: WRITTEN_AT,
      rows: new Map([['web1', { at: WRITTEN_AT - 400, report: { running: 1 } }]]),
    };
    assert.deepEqual(read(ping({ health: 'up' }), { site }).load, { running: 1, at: 90_600 });
  });

  it('gives what was observed once the same instant, however often it is written again', () => {
    const pingFile = (seq: number, at: number, epoch = 'a'): PoolFile<PingRow> => ({
      seq,
      epoch,
      writtenAt: WRITTEN_AT + seq,
      rows: new Map([['web1', { health: 'up', since: 5, warmingSince: at, evidence: { at, tookMs: 1 } }]]),
    });
    const siteFile = (seq: number, at: number): PoolFile<SiteRow> => ({
      seq,
      writtenAt: WRITTEN_AT + seq,
      rows: new Map([['web1', { at, report: { running: 1 } }]]),
    });
    const reader = { ids: ['web1'], before: new Map<string, Standing>(), startedAt: 0 };
    const ping = { file: pingFile(1, WRITTEN_AT), firstSeenAt: 90_000 };
    const site = { file: siteFile(1, WRITTEN_AT), firstSeenAt: 90_000 };
    const standings = standingsOf(ping, site, reader);
    const told = { ping, site, standings };
    const once = standings.get('web1');

    // A second later, seen with more delay.
    const again = standingsOf(
      { file: pingFile(1000, WRITTEN_AT), firstSeenAt: 91_777 },
      { file: siteFile(1000, WRITTEN_AT), firstSeenAt: 91_777 },
      { ...reader, told },
    ).get('web1');
    assert.deepEqual(again, once);

    const newer = standingsOf(
      { file: pingFile(1000, WRITTEN_AT + 900), firstSeenAt: 91_777 },
      { file: siteFile(1000, WRITTEN_AT + 900), firstSeenAt: 91_777 },
      { ...reader, told },
    ).get('web1');
    assert.deepEqual(
      [newer?.load?.at, newer?.verdict.evidence?.at, newer?.verdict.warmingSince],
      [91_677, 91_677, 91_677],
    );

    const restarted = standingsOf({ file: pingFile(1000, WRITTEN_AT, 'b'), firstSeenAt: 91_777 }, undefined, {
      ...reader,
      told,
    }).get('web1');
    assert.equal(restarted?.verdict.evidence?.at, 90_777, 'another run has another clock');
  });

  it('takes nothing to be in the future', () => {
    assert.equal(read(ping({ health: 'up', since: WRITTEN_AT + 1e9 })).verdict.since, 90_000);
    assert.equal(read(ping({ health: 'up', since: 1e300 })).verdict.since, 90_000);
    assert.equal(read(ping({ health: 'up', since: 5 }, {})).verdict.since, 90_000, 'without writtenAt');
  });

  it('fills in what a short file does not tell', () => {
    assert.deepEqual(read(ping({ health: 'up' }, {})).verdict, { ...UP, since: 90_000 });
    assert.deepEqual(read(ping({ health: 'down' }, {})).verdict, {
      health: 'down',
      since: 90_000,
      passes: 0,
      fails: 1,
      flaps: 0,
    });
  });

  it('remembers since when, and warms one up that comes back, where the writer does not', () => {
    const down: Standing = { id: 'web1', verdict: { ...UP, health: 'down', since: 70_000 } };
    assert.equal(read(ping({ health: 'down' }), { before: down }).verdict.since, 70_000);
    const back = read(ping({ health: 'up' }), { before: down });
    assert.deepEqual([back.verdict.since, back.verdict.warmingSince], [90_000, 90_000]);
    const later = read(ping({ health: 'up' }), {
      before: { id: 'web1', verdict: { ...UP, since: 80_000, warmingSince: 80_000 } },
    });
    assert.deepEqual([later.verdict.since, later.verdict.warmingSince], [80_000, 80_000]);
  });

  it('takes over why one is down, however little the writer says', () => {
    const { evidence } = read(
      ping({ health: 'down', evidence: { detail: 'no ping' } }, { writer: 'cron' }),
    ).verdict;
    assert.deepEqual(evidence, {
      secondary: 'web1',
      check: 'cron',
      at: 90_000,
      outcome: { ok: false, tookMs: 0, failure: 'command', detail: 'no ping' },
    });
  });

  it('passes over ids that are not listed, and takes those that are missing for unknown', () => {
    const standings = standingsOf(
      { file: ping({ health: 'up' }), firstSeenAt: 1 },
      { file: { seq: 1, rows: new Map([['web9', { report: { running: 1 } }]]) }, firstSeenAt: 1 },
      { ids: ['web2'], before: new Map(), startedAt: 5 },
    );
    assert.deepEqual(
      [...standings],
      [['web2', { id: 'web2', verdict: { health: 'unknown', since: 5, passes: 0, fails: 0, flaps: 0 } }]],
    );
  });

  it('keeps why a load could not be read, with or without an older report', () => {
    const row: SiteRow = { report: {}, failure: 'garbage: no number' };
    const standing = read(ping({ health: 'up' }), { site: { seq: 1, rows: new Map([['web1', row]]) } });
    assert.equal(standing.load, undefined);
    assert.equal(standing.loadFailure, 'garbage: no number');
  });
});
