import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { checks } from '../../src/checks/index.ts';
import type { SecondarySettings } from '../../src/config/settings.ts';
import { loads } from '../../src/loads/index.ts';
import { onOneLine } from '../../src/monitor/one-line.ts';
import { rowFor, type Row } from '../../src/monitor/row.ts';
import { unjudged } from '../../src/verdicts/judge.ts';
import type { HttpQuestion } from '../../src/wire/wire.ts';
import { wireOf } from '../wire/wire-of.ts';
import { settingsOf } from './pool-settings.ts';

/** A secondary that answers at two ports, and how a monitor's rows ask it. */
const aSecondary = async (t: TestContext) => {
  const came: string[] = [];
  const sockets = new Set<Socket>();
  const answers = { ping: 200 };
  const listen = async (): Promise<number> => {
    const server = createServer((request, response) => {
      sockets.add(request.socket);
      came.push(request.url ?? '');
      response.statusCode = request.url === '/' ? answers.ping : 200;
      response.end('{"running":3}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    t.after(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  const [port, other] = [await listen(), await listen()];
  const asking = { checks, loads, wire: wireOf(t), dice: () => 0, journal: () => undefined };
  const settings = (path: string, at = port): SecondarySettings =>
    settingsOf({
      ids: ['web1'],
      each: {
        at: `http://127.0.0.1:${port}`,
        timeoutMs: 5000,
        ping: { name: 'http', options: { path: '/' } },
        load: { name: 'json', options: { path, port: at } },
      },
    }).secondaries[0] as SecondarySettings;
  const rowOf = (secondary: SecondarySettings, before?: Row): Row =>
    rowFor(secondary, before, { verdict: unjudged(0), asking });
  const round = async ({ probe }: Row): Promise<unknown[]> => {
    came.length = 0;
    sockets.clear();
    const pinged = probe.ping();
    const news = await probe.load(pinged);
    return [(await pinged).outcome.ok, news.kind, sockets.size, came.toSorted()];
  };
  return { answers, other, settings, rowOf, round };
};

test('from the second round on one connection serves both questions, and a load is not asked where no ping passed', async (t) => {
  const { answers, settings, rowOf, round } = await aSecondary(t);
  const row = rowOf(settings('/load.json'));
  assert.deepEqual(await round(row), [true, 'report', 2, ['/', '/load.json']]);
  assert.deepEqual(await round(row), [true, 'report', 1, ['/', '/load.json']]);
  assert.deepEqual(await round(row), [true, 'report', 1, ['/', '/load.json']]);
  answers.ping = 500;
  assert.deepEqual(await round(row), [false, 'none', 1, ['/']]);
  answers.ping = 200;
  assert.deepEqual(await round(row), [true, 'report', 1, ['/', '/load.json']]);
});

test('one connection serves both also after an edit of what is asked', async (t) => {
  const { settings, rowOf, round } = await aSecondary(t);
  const row = rowOf(settings('/other.json'), rowOf(settings('/load.json')));
  assert.deepEqual(await round(row), [true, 'report', 2, ['/', '/other.json']]);
  assert.deepEqual(await round(row), [true, 'report', 1, ['/', '/other.json']]);
});

test('a load that is read at another port has a connection of its own, and is read beside a ping that fails', async (t) => {
  const { answers, other, settings, rowOf, round } = await aSecondary(t);
  const row = rowOf(settings('/load.json', other));
  for (const ping of [500, 200, 500]) {
    answers.ping = ping;
    assert.deepEqual(await round(row), [ping === 200, 'report', 2, ['/', '/load.json']]);
  }
});

test('a ping by HEAD leaves no connection, and the load is read beside it', async (t) => {
  const { answers, settings, rowOf, round } = await aSecondary(t);
  const ping = { name: 'http', options: { path: '/', method: 'HEAD' } };
  const row = rowOf({ ...settings('/load.json'), ping });
  for (const status of [200, 200, 500]) {
    answers.ping = status;
    assert.deepEqual(await round(row), [status === 200, 'report', 2, ['/', '/load.json']]);
  }
});

test('a line is left and taken only once both questions were seen to go to the same place', async (t) => {
  const asked: HttpQuestion['line'][] = [];
  const { ping, load } = onOneLine({
    ...wireOf(t),
    ask: (question) => {
      asked.push(question.line);
      return Promise.resolve({ ok: true, status: 200, headers: {}, body: '' });
    },
  });
  const here = { at: 'http://192.0.2.1', path: '/', timeoutMs: 5000 } as const;
  for (const to of [here, { ...here, at: 'http://192.0.2.2' } as const, here]) {
    await ping.ask(here);
    await load.ask(to);
  }
  await ping.ask(here);
  assert.deepEqual(asked, [undefined, 'take', 'leave', undefined, undefined, 'take', 'leave']);
});
