import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { runUsher, startUsher } from './usher.ts';
import { until } from './until.ts';

test('a secondary whose ping page is gone keeps its visitors and gets no new ones, until it is there again', async (t) => {
  const isThere = { one: true, other: true };
  const ports = await Promise.all(
    (['one', 'other'] as const).map(async (name) => {
      const server = createServer((_request, response) => {
        response.writeHead(isThere[name] ? 200 : 404).end();
      }).listen(0, '127.0.0.1');
      t.after(() => server.close());
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  const [one, other] = ports.map(String);
  const usher = await startUsher({
    config: {
      policy: 'round-robin',
      checks: { every: '200ms', slowReturn: '0s', ping: { http: '/alive.html', drainOn404: true } },
      secondaries: ports.map((port) => ({ port })),
    },
  });
  const visit = async (cookie = ''): Promise<{ readonly port: string; readonly cookie: string }> => {
    const { headers } = await fetch(usher.url, { redirect: 'manual', headers: { cookie } });
    const port = URL.parse(headers.get('location') ?? '')?.port ?? 'nobody';
    return { port, cookie: headers.get('set-cookie')?.split(';')[0] ?? '' };
  };
  const newcomers = async (): Promise<readonly string[]> => {
    const visits = await Promise.all(Array.from({ length: 6 }, () => visit()));
    return [...new Set(visits.map(({ port }) => port))].sort();
  };
  const both = [one, other].sort();
  await until(async () => String(await newcomers()) === String(both), 15_000);
  let bound = await visit();
  while (bound.port !== one) bound = await visit();

  isThere.one = false;
  await until(async () => String(await newcomers()) === other, 15_000);
  assert.equal((await visit(bound.cookie)).port, one);
  const told = (to: string) =>
    usher.event('state-changed', { fits: (event) => event.secondary === `web${one}` && event.to === to });
  const { because } = await told('drain');
  assert.equal(because, 'HTTP 404: it is leaving');
  const { out } = await runUsher(['status', '--admin', usher.adminUrl]);
  assert.match(out, /^web\d+ .* ready, leaving \(HTTP 404: it is leaving\) +up /m);
  const page = await (await fetch(`${usher.adminUrl}/secondary/web${one}`)).text();
  assert.match(page, /<dt>State<\/dt><dd>ready, leaving by its own wish: HTTP 404: it is leaving<\/dd>/);
  assert.match(page, /goes from ready to drain: HTTP 404: it is leaving/);
  const status = (await (await fetch(`${usher.adminUrl}/api/status`)).json()) as {
    secondaries: { health: string; passedOver?: { why: string } }[];
  };
  assert.deepEqual(
    status.secondaries.map(({ health, passedOver }) => [health, passedOver?.why]),
    [
      ['up', 'draining'],
      ['up', undefined],
    ],
  );

  isThere.one = true;
  await until(async () => String(await newcomers()) === String(both), 15_000);
  await told('ready');
  await usher.stop();
});
