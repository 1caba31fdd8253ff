import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import test from 'node:test';
import { checks } from '../../src/checks/index.ts';
import { loads } from '../../src/loads/index.ts';
import { onOneLine } from '../../src/monitor/one-line.ts';
import { createProbe } from '../../src/monitor/probe.ts';
import { wireOf } from '../wire/wire-of.ts';

test('from the second round on one connection serves both questions, and a load is not asked where no ping passed', async (t) => {
  const came: string[] = [];
  const sockets = new Set<Socket>();
  let status = 200;
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    came.push(request.url ?? '');
    response.statusCode = request.url === '/' ? status : 200;
    response.end('{"running":3}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const wire = wireOf(t);
  const means = { checks, loads, wire, dice: () => 0, journal: () => undefined };
  const secondary = {
    id: 'web1',
    at: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    timeoutMs: 5000,
    ping: { name: 'http', options: { path: '/' } },
    load: { name: 'json', options: { path: '/load.json' } },
  } as const;
  const probe = createProbe(secondary, means, onOneLine(wire));
  const round = async (): Promise<unknown[]> => {
    came.length = 0;
    sockets.clear();
    const pinged = probe.ping();
    const news = await probe.load(pinged);
    return [(await pinged).outcome.ok, news.kind, sockets.size, came.toSorted()];
  };

  assert.deepEqual(await round(), [true, 'report', 2, ['/', '/load.json']]);
  assert.deepEqual(await round(), [true, 'report', 1, ['/', '/load.json']]);
  assert.deepEqual(await round(), [true, 'report', 1, ['/', '/load.json']]);
  status = 500;
  assert.deepEqual(await round(), [false, 'none', 1, ['/']]);
  status = 200;
  assert.deepEqual(await round(), [true, 'report', 1, ['/', '/load.json']]);
});
