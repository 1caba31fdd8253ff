import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Status } from '../../src/dashboard/status.ts';
import type { Brief, Why } from '../../src/doors/why/why.ts';
import { policies } from '../../src/policies/index.ts';
import { buildMmdb } from '../geography/build-mmdb.ts';
import { startSecondary } from './secondary.ts';
import { until } from './until.ts';
import { startUsher } from './usher.ts';

const BERLIN = [52.5, 13.4] as const;
const SYDNEY = [-33.9, 151.2] as const;

/** The networks that visitors come from: of the first something is measured, of the second a file knows the place. */
const FROM = ['203.0.113.9', '198.51.100.7', '192.0.2.1', '10.1.2.3', '2001:db8::1'];

/** A state folder with what a network has measured, and a file of places. */
const folderWith = (ids: readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-why-'));
  const at = Math.floor(Date.now() / 1000);
  mkdirSync(join(folder, 'state'));
  const known = ids.slice(0, 4).map((id, nth) => `${id}=${12 + nth}.0/5@${at}`);
  writeFileSync(
    join(folder, 'state', 'networks'),
    `usher networks 1\n203.0.113.0/24 ${at} ${known.join(' ')}\n`,
  );
  const place = { location: { latitude: SYDNEY[0], longitude: SYDNEY[1] } };
  writeFileSync(join(folder, 'City.mmdb'), buildMmdb({ '0.0.0.0': place, '198.51.100.0': place }));
  return folder;
};

test('a decision of every policy is the same when it is made again, whoever came and whomever he avoids', async (t) => {
  const secondaries = await Promise.all(['1', '2', '3', '4', '5', '6'].map((name) => startSecondary(name)));
  const ids = secondaries.map((_, nth) => `web${nth}`);
  const folder = folderWith(ids);
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  const ways = [
    ...Object.keys(policies).map((policy) => [`/${policy}`, { policy }] as const),
    ['/by-cookie', { policy: { hash: 'cookie' } }] as const,
    ['/by-path', { policy: { hash: 'path' } }] as const,
  ];
  const usher = await startUsher({
    config: {
      // of several threads none knows what the others do in the same instant
      threads: 1,
      affinity: { cookie: 'usher', for: '1h' },
      trustProxies: ['127.0.0.1/32'],
      lan: ['10.0.0.0/8'],
      geo: join(folder, 'City.mmdb'),
      checks: { files: join(folder, 'state'), every: '500ms' },
      entrances: Object.fromEntries(ways),
      secondaries: secondaries.map(({ port }, nth) => ({
        id: ids[nth],
        ...(nth === 5 ? { url: `http://127.0.0.1:${port}`, lan: '127.0.0.1' } : { port }),
        weight: 1 + (nth % 2),
        place: nth % 2 === 0 ? BERLIN : SYDNEY,
      })),
    },
  });
  t.after(usher.stop);
  for (const id of ids) await usher.event('health-changed', { fits: ({ secondary }) => secondary === id });

  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  t.after(() => {
    agent.destroy();
  });
  const come = (path: string, headers: Record<string, string>): Promise<void> =>
    new Promise((resolve, reject) => {
      request(`${usher.url}${path}`, { agent, headers }, (response) => {
        response.resume().on('end', resolve);
      })
        .on('error', reject)
        .end();
    });
  const coming: Promise<void>[] = [];
  for (let nth = 0; nth < 60; nth += 1) {
    for (const [path] of ways) {
      const from = FROM[nth % FROM.length] ?? '';
      const cookie = [
        `PHPSESSID=visitor${nth % 7}`,
        ...(nth % 4 === 3 ? [`usher-other=${ids[nth % 6]}~${ids[(nth + 1) % 6]}~gone`] : []),
      ].join('; ');
      coming.push(come(`${path}?${nth}`, { 'X-Forwarded-For': from, Cookie: cookie }));
    }
    if (coming.length > 100) await Promise.all(coming.splice(0));
  }
  await Promise.all(coming);
  const count = 60 * ways.length;
  const ask = async <Told>(path: string): Promise<Told> =>
    (await fetch(new URL(path, usher.adminUrl))).json() as Promise<Told>;
  await until(async () => (await ask<Status>('/api/status')).visits.chosen === count);

  const seen = new Map<string, number>();
  const other: string[] = [];
  const latest = await ask<readonly Brief[]>('/api/why');
  const [{ id: last } = { id: '' }] = latest;
  const [run = '', number = ''] = last.split('-');
  for (let back = 0; back < count; back += 1) {
    const why = await ask<Why>(`/api/why/${run}-${(parseInt(number, 36) - back).toString(36)}`);
    const by = why.entrance ?? '';
    seen.set(by, (seen.get(by) ?? 0) + 1);
    if (why.again?.isSame !== true) other.push(`${by}: ${JSON.stringify(why)}`);
  }
  assert.deepEqual([...seen.keys()].sort(), ways.map(([path]) => path).sort());
  // One may fall in the instant in which a report came.
  assert.ok(other.length <= 2, `${other.length} of ${count}: ${other.join('\n')}`);
});
