import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { drawVisitors } from '../visitors.ts';
import { verdictOf, wins } from './real.ts';
import { startSecondaries } from './secondaries.ts';
import { visit } from './visit.ts';

const TRAFFIC = {
  rate: 60,
  requests: { alpha: 1.2, least: 2, most: 6 },
  think: 0.02,
  size: { alpha: 1.3, least: 0.001, most: 0.02 },
};

test('real visitors follow a real primary and stay where they were sent, and secondaries tell what they did', async (t) => {
  const visitors = drawVisitors(TRAFFIC, 1, 3);
  const current = visitors.first.slice(0, visitors.count);
  const secondaries = await startSecondaries({
    speeds: [4, 1],
    sessionCount: visitors.count,
    sizeOf: (session) => visitors.size[current[session]!]!,
  });
  t.after(secondaries.close);
  let came = 0;
  // no connection is closed under somebody who comes late, as on a busy machine
  const primary = createServer({ keepAliveTimeout: 60_000 }, ({ url = '/' }, response) => {
    const port = secondaries.ports[came % 2]!;
    came += 1;
    response.writeHead(302, { Location: `http://127.0.0.1:${port}${url}` }).end();
  }).listen(0, '127.0.0.1');
  t.after(() => {
    primary.close();
    primary.closeAllConnections();
  });
  await once(primary, 'listening');

  const { port } = primary.address() as AddressInfo;
  const { answers, slowdowns, failed } = await visit({ visitors, port, warmUp: 0, end: 60, current });
  assert.equal(failed, 0);
  assert.equal(came, visitors.count);
  assert.ok(answers.length > visitors.count);
  assert.equal(answers.length, visitors.size.length);
  assert.equal(slowdowns.length, answers.length);
  const told = await Promise.all(
    secondaries.ports.map(async (of) => {
      const answer = await fetch(`http://127.0.0.1:${of}/load.json`);
      return (await answer.json()) as Record<'running' | 'done' | 'started' | 'busySeconds', number>;
    }),
  );
  assert.deepEqual(
    told.map(({ running }) => running),
    [0, 0],
  );
  assert.equal(
    told.reduce((sum, { done }) => sum + done, 0),
    answers.length,
  );
  assert.equal(
    told.reduce((sum, { started }) => sum + started, 0),
    visitors.count,
  );
  for (const { busySeconds } of told) assert.ok(busySeconds > 0 && busySeconds < 30);
});

test('visitors without an answer, who are in no mean, lose the comparison', () => {
  const others = [
    { title: 'balance, file only', mean: 1, failed: 0 },
    { title: 'random', mean: 20, failed: 1 },
  ];
  assert.equal(wins([{ title: 'balance', mean: 10, failed: 1 }, ...others]), true);
  assert.equal(wins([{ title: 'balance', mean: 10, failed: 2 }, ...others]), false);
  assert.equal(wins([{ title: 'balance', mean: 21, failed: 0 }, ...others]), false);
});

test('the verdict says by how much balance wins against each rule of the file, or against whom it does not', () => {
  const balance = { title: 'balance', mean: 150, failed: 1 };
  const live = { title: 'balance, live: visitors wait', mean: 100, failed: 0 };
  const slow = { title: 'round-robin', mean: 200, failed: 1 };
  assert.equal(
    verdictOf([balance, live, slow]),
    'balance wins: its mean is 25.0 % shorter than round-robin.',
  );
  const fast = { title: 'random', mean: 120, failed: 1 };
  assert.equal(
    verdictOf([balance, live, fast, slow]),
    'balance does not win: its mean is 25.0 % longer than random. ' +
      'It wins against the rest: its mean is 25.0 % shorter than round-robin.',
  );
  assert.equal(
    verdictOf([balance, { ...slow, failed: 0 }]),
    'balance does not win: its mean is 25.0 % shorter than round-robin, with more visitors left without an answer.',
  );
});

test('the verdict says how balance stands beside itself without probes, which it may not beat', () => {
  const verdict = (mean: number, failed = 0): string =>
    verdictOf([
      { title: 'balance', mean: 150, failed: 0 },
      { title: 'balance, file only', mean, failed },
      { title: 'random', mean: 200, failed: 0 },
    ]);
  const wins = 'balance wins: its mean is 25.0 % shorter than random.\n';
  assert.equal(
    verdict(120),
    `${wins}Its probes gained nothing here: its mean is 25.0 % longer than balance, file only.`,
  );
  assert.equal(verdict(200), `${wins}It has probes: its mean is 25.0 % shorter than balance, file only.`);
});
